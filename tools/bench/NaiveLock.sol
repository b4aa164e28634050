// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

/// @notice The lock of a first tutorial, for comparison alone: one contract a lock, a flag that its owner sets,
/// and a device that reads the flag from whatever node it asks.
contract NaiveLock {
    address public owner = msg.sender;
    bool public isLocked = true;

    function setLocked(bool locked) external {
        require(msg.sender == owner, "not the owner");
        isLocked = locked;
    }
}
