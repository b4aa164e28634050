// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title What a guest may do: `0:64 | notBefore:40 | notAfter:40 | rights:8 | weekdays:8 | dayStart:16 | dayEnd:16 |
/// uses:16 | epoch:16 | serial:32`.
library Terms {
    uint256 internal constant SERIAL_AHEAD_MAX = 1 days;
    uint256 internal constant RIGHT_LOCK = 1;
    uint256 internal constant RIGHT_UNLOCK = 2;
    uint256 internal constant RIGHTS_KNOWN = 7;
    uint256 internal constant EVERY_DAY = 0x7f;
    uint256 internal constant LAST_MINUTE = 1439;

    /// @dev Every day, all day, any number of uses.
    function encode(uint40 notBefore_, uint40 notAfter_, uint8 rights_, uint256 epoch_, uint32 serial_)
        internal
        pure
        returns (uint256)
    {
        return uint256(notBefore_) << 152 | uint256(notAfter_) << 112 | uint256(rights_) << 104 | EVERY_DAY << 96
            | epoch_ << 32 | serial_;
    }

    function hasPadding(uint256 terms) internal pure returns (bool) {
        return terms >> 192 != 0;
    }

    function notBefore(uint256 terms) internal pure returns (uint256) {
        return uint40(terms >> 152);
    }

    function notAfter(uint256 terms) internal pure returns (uint256) {
        return uint40(terms >> 112);
    }

    function rights(uint256 terms) internal pure returns (uint256) {
        return uint8(terms >> 104);
    }

    function weekdays(uint256 terms) internal pure returns (uint256) {
        return uint8(terms >> 96);
    }

    function dayStart(uint256 terms) internal pure returns (uint256) {
        return uint16(terms >> 80);
    }

    function dayEnd(uint256 terms) internal pure returns (uint256) {
        return uint16(terms >> 64);
    }

    function epoch(uint256 terms) internal pure returns (uint256) {
        return uint16(terms >> 32);
    }

    function serial(uint256 terms) internal pure returns (uint256) {
        return uint32(terms);
    }
}
