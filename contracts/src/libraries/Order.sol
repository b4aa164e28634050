// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title The word of a command: `lock:160 | challenge:32 | epoch:16 | notAfter:40 | action:8`.
library Order {
    uint256 internal constant SECONDS_AHEAD_MAX = 900;
    uint256 internal constant ACTION_LOCK = 1;
    uint256 internal constant ACTION_GUEST_MAX = 3;
    uint256 internal constant ACTION_MAX = 9;

    function encode(uint256 id, uint32 challenge, uint256 epoch_, uint40 notAfter_, uint8 action_)
        internal
        pure
        returns (uint256)
    {
        return id << 96 | uint256(challenge) << 64 | epoch_ << 48 | uint256(notAfter_) << 8 | action_;
    }

    function lockId(uint256 order) internal pure returns (uint256) {
        return order >> 96;
    }

    function epoch(uint256 order) internal pure returns (uint256) {
        return uint16(order >> 48);
    }

    function notAfter(uint256 order) internal pure returns (uint256) {
        return uint40(order >> 8);
    }

    function action(uint256 order) internal pure returns (uint256) {
        return uint8(order);
    }

    function isKnownAction(uint256 action_) internal pure returns (bool) {
        return action_ != 0 && action_ <= ACTION_MAX;
    }
}
