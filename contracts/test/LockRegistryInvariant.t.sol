// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {LockRegistry} from "../src/LockRegistry.sol";
import {Suite} from "./Cheats.sol";
import {RegistryHandler} from "./RegistryHandler.sol";

/// @dev After any sequence of calls the registry holds what the model holds, and nothing that rises has fallen.
contract LockRegistryInvariantTest is Suite {
    RegistryHandler private handler;
    LockRegistry private registry;

    function setUp() public {
        handler = new RegistryHandler();
        registry = handler.target();
    }

    /// @dev Read by forge: what its random calls go to.
    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    /// @dev Only the owner or a guest inside its terms has changed a command word, every move has raised the epoch,
    /// and seq has counted each order and never carried.
    function invariant_wordsAreTheModels() public view {
        for (uint256 i = 0; i < 2; ++i) {
            uint256 lockId = handler.lockIds(i);
            assertEq(handler.modelWord(lockId), registry.lockState(lockId), "word");
        }
    }

    /// @dev Terms change by the owner's grants alone, and none outlives its epoch.
    function invariant_termsAreTheModels() public view {
        for (uint256 i = 0; i < 2; ++i) {
            uint256 lockId = handler.lockIds(i);
            for (uint256 j = 0; j < 4; ++j) {
                address guest = handler.person(j);
                assertEq(handler.modelTerms(lockId, guest), registry.guestTerms(lockId, guest), "terms");
            }
        }
    }
}
