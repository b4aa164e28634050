// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title The word in a lock's slot: `epoch:16 | seq:32 | notAfter:40 | action:8 | owner:160`.
library LockWord {
    function epoch(uint256 word) internal pure returns (uint256) {
        return word >> 240;
    }

    function seq(uint256 word) internal pure returns (uint256) {
        return uint32(word >> 208);
    }

    function owner(uint256 word) internal pure returns (address) {
        return address(uint160(word));
    }
}
