// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @dev The cheatcodes of forge that these tests use.
interface Cheats {
    function warp(uint256 timestamp) external;
    function prank(address sender) external;
    function assume(bool condition) external;
    function expectRevert(bytes4 selector) external;
    function expectRevert(bytes calldata data) external;
    function store(address target, bytes32 slot, bytes32 value) external;
    function addr(uint256 privateKey) external returns (address);
    function sign(uint256 privateKey, bytes32 digest) external returns (uint8 v, bytes32 r, bytes32 s);
}

/// @dev What every suite needs: the cheatcodes, plain assertions and bounds.
abstract contract Suite {
    Cheats internal constant cheats = Cheats(address(uint160(uint256(keccak256("hevm cheat code")))));

    error AssertionFailed(string fact, uint256 expected, uint256 found);

    function assertEq(uint256 expected, uint256 found, string memory fact) internal pure {
        if (expected != found) revert AssertionFailed(fact, expected, found);
    }

    function assertTrue(bool condition, string memory fact) internal pure {
        if (!condition) revert AssertionFailed(fact, 1, 0);
    }

    function bound(uint256 value, uint256 low, uint256 high) internal pure returns (uint256) {
        uint256 span = high - low + 1;
        return span == 0 ? value : low + value % span;
    }
}
