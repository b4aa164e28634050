// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {LockRegistry} from "../src/LockRegistry.sol";
import {Cheats, Suite} from "./Cheats.sol";

/// @dev A registry, and devices that sign for their owners.
abstract contract RegistryFixture is Suite {
    uint256 internal constant START = 1_800_000_000;
    uint256 internal constant FOR_EVER = 2 ** 40 - 1;

    LockRegistry internal registry;

    function setUpRegistry() internal {
        cheats.warp(START);
        registry = new LockRegistry();
    }

    function registerLock(uint256 deviceKey, address owner) internal returns (uint256 lockId) {
        address lock = cheats.addr(deviceKey);
        bytes memory signature = signRegistration(deviceKey, lock, owner, block.timestamp + 600);
        cheats.prank(owner);
        registry.register(lock, block.timestamp + 600, signature);
        return uint160(lock);
    }

    function signRegistration(uint256 key, address lock, address owner, uint256 deadline)
        internal
        returns (bytes memory)
    {
        (, string memory name, string memory version, uint256 chainId, address verifier,,) = registry.eip712Domain();
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256(bytes(name)),
                keccak256(bytes(version)),
                chainId,
                verifier
            )
        );
        bytes32 structHash = keccak256(
            abi.encode(keccak256("Registration(address lock,address owner,uint256 deadline)"), lock, owner, deadline)
        );
        (uint8 v, bytes32 r, bytes32 s) = cheats.sign(key, keccak256(abi.encodePacked("\x19\x01", domain, structHash)));
        return abi.encodePacked(r, s, v);
    }

    function orderOf(uint256 lockId, uint256 epoch, uint256 notAfter, uint256 action) internal pure returns (uint256) {
        return lockId << 96 | epoch << 48 | notAfter << 8 | action;
    }

    function termsOf(uint256 notBefore, uint256 notAfter, uint256 rights, uint256 epoch, uint256 serial)
        internal
        pure
        returns (uint256)
    {
        return notBefore << 152 | notAfter << 112 | rights << 104 | uint256(0x7f) << 96 | epoch << 32 | serial;
    }

    function handoverOf(uint256 epoch, uint256 newEpoch, uint256 notAfter) internal pure returns (uint256) {
        return epoch << 56 | newEpoch << 40 | notAfter;
    }

    function epochOf(uint256 lockId) internal view returns (uint256) {
        return registry.lockState(lockId) >> 240;
    }

    function seqOf(uint256 lockId) internal view returns (uint256) {
        return uint32(registry.lockState(lockId) >> 208);
    }

    /// @dev Writes a lock's word past all rules, for states that no test lives long enough to reach.
    function forceState(uint256 lockId, uint256 word) internal {
        uint256 slot;
        assembly ("memory-safe") {
            mstore(0x00, lockId)
            mstore(0x1c, shl(192, 0x7d8825530a5a2e7a))
            slot := add(lockId, add(lockId, keccak256(0x00, 0x20)))
        }
        cheats.store(address(registry), bytes32(slot), bytes32(word));
        assertEq(word, registry.lockState(lockId), "the slot is where lockState reads");
    }
}
