// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title The word of a handover: `0:184 | epoch:16 | newEpoch:16 | notAfter:40`.
library HandoverWord {
    function hasPadding(uint256 word) internal pure returns (bool) {
        return word >> 72 != 0;
    }

    function epoch(uint256 word) internal pure returns (uint256) {
        return uint16(word >> 56);
    }

    function newEpoch(uint256 word) internal pure returns (uint256) {
        return uint16(word >> 40);
    }

    function notAfter(uint256 word) internal pure returns (uint256) {
        return uint40(word);
    }
}
