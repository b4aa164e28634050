// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ILockRegistry} from "../src/interfaces/ILockRegistry.sol";
import {RegistryFixture} from "./RegistryFixture.sol";

/// @dev One property a test, over what callers and words may be.
contract LockRegistryFuzzTest is RegistryFixture {
    address private constant OWNER = address(0xA11CE);
    address private constant GUEST = address(0xB0B);
    uint256 private constant DEVICE = 0xd071ce;

    uint256 private lockId;

    function setUp() public {
        setUpRegistry();
        lockId = registerLock(DEVICE, OWNER);
    }

    function testFuzz_strangersChangeNothing(address caller, uint256 order) public {
        cheats.assume(caller != OWNER);
        order = lockId << 96 | uint96(order);
        uint256 before = registry.lockState(lockId);
        cheats.prank(caller);
        (bool obeyed,) = address(registry).call(abi.encodeCall(registry.command, (order)));
        assertTrue(!obeyed, "a stranger's order is refused");
        assertEq(before, registry.lockState(lockId), "a stranger's order changes nothing");
    }

    function testFuzz_strangersOrderThatTheOwnerMayGive(address caller, uint256 ahead, uint256 action) public {
        cheats.assume(caller != OWNER);
        uint256 order = orderOf(lockId, 1, START + bound(ahead, 0, 900), bound(action, 1, 3));
        cheats.expectRevert(ILockRegistry.NoRight.selector);
        cheats.prank(caller);
        registry.command(order);
    }

    /// @dev The registry obeys its owner exactly where the protocol says so, whatever the word.
    function testFuzz_ownersOrder(uint32 challenge, uint16 epoch, uint40 notAfter, uint8 action, uint256 shape) public {
        // Uniform words are hardly ever good ones: each bit of shape draws one field from its good values.
        if (shape & 1 != 0) epoch = 1;
        if (shape & 2 != 0) notAfter = uint40(near(notAfter, START, START + 900));
        if (shape & 4 != 0) action = uint8(bound(action, 0, 6));
        bool good = epoch == 1 && notAfter >= START && notAfter <= START + 900 && action >= 1 && action <= 9;
        uint256 order = orderOf(lockId, epoch, notAfter, action) | uint256(challenge) << 64;
        cheats.prank(OWNER);
        (bool obeyed,) = address(registry).call(abi.encodeCall(registry.command, (order)));
        assertTrue(obeyed == good, "obeyed exactly when it is good");
        if (!good) return;
        uint256 word = uint256(epoch) << 240 | uint256(1) << 208 | uint256(notAfter) << 168 | uint256(action) << 160;
        assertEq(word | uint160(OWNER), registry.lockState(lockId), "the wish is in the slot");
    }

    function testFuzz_guestsOrder(
        uint40 notBefore,
        uint40 notAfter,
        uint8 rights,
        uint256 time,
        uint256 action,
        uint256 ahead
    ) public {
        rights = uint8(bound(rights, 1, 7));
        notBefore = uint40(bound(notBefore, START - 1 days, START + 2 days));
        notAfter = uint40(bound(notAfter, START - 1 days, START + 2 days));
        cheats.prank(OWNER);
        registry.grant(lockId, GUEST, termsOf(notBefore, notAfter, rights, 1, START));
        time = near(time, notBefore, notAfter);
        if (time < START) time = START;
        action = bound(action, 1, 9);
        cheats.warp(time);
        uint256 before = registry.lockState(lockId);
        bool hasRight = action == 1 ? rights & 1 != 0 : action <= 3 && rights & 2 != 0;
        bool allowed = hasRight && time >= notBefore && time <= notAfter;
        uint256 order = orderOf(lockId, 1, time + bound(ahead, 0, 900), action);
        cheats.prank(GUEST);
        (bool obeyed,) = address(registry).call(abi.encodeCall(registry.command, (order)));
        assertTrue(obeyed == allowed, "obeyed exactly inside the terms");
        if (!obeyed) assertEq(before, registry.lockState(lockId), "refused orders change nothing");
    }

    function testFuzz_grantsOfAnotherEpochRevert(uint16 epoch, uint32 serial, uint8 rights) public {
        cheats.assume(epoch != 1);
        cheats.expectRevert(abi.encodeWithSelector(ILockRegistry.WrongEpoch.selector, 1));
        cheats.prank(OWNER);
        registry.grant(lockId, GUEST, termsOf(0, FOR_EVER, rights, epoch, serial));
    }

    function testFuzz_serialsRise(uint32 first, uint32 second, uint8 rights) public {
        first = uint32(bound(first, 1, START + 1 days));
        second = uint32(bound(second, first > 3 ? first - 3 : 0, START + 1 days));
        rights = uint8(bound(rights, 0, 7));
        cheats.prank(OWNER);
        registry.grant(lockId, GUEST, termsOf(0, FOR_EVER, 7, 1, first));
        bool good = second > first || (second == first && rights == 0);
        uint256 terms = termsOf(0, FOR_EVER, rights, 1, second);
        if (!good) cheats.expectRevert(abi.encodeWithSelector(ILockRegistry.StaleSerial.selector, first));
        cheats.prank(OWNER);
        registry.grant(lockId, GUEST, terms);
        if (good) assertEq(terms, registry.guestTerms(lockId, GUEST), "the last terms count");
    }

    /// @dev All of a terms word's bits, against what the protocol allows.
    function testFuzz_termsWords(uint256 terms, uint256 shape) public {
        if (shape & 1 != 0) terms &= type(uint192).max;
        if (shape & 2 != 0) terms &= ~(uint256(0xf8) << 104);
        if (shape & 4 != 0) terms &= ~(uint256(0x80) << 96);
        if (shape & 8 != 0) terms = terms & ~(uint256(0xffff) << 32) | uint256(1) << 32;
        if (shape & 16 != 0) terms = terms & ~uint256(0xffffffff) | bound(uint32(terms), START, START + 1 days + 2);
        if (shape & 32 != 0) {
            terms = terms & ~(uint256(0xffff) << 80) | bound(uint16(terms >> 80), 0, 1441) << 80;
            terms = terms & ~(uint256(0xffff) << 64) | bound(uint16(terms >> 64), 0, 1441) << 64;
        }
        bool good = terms >> 192 == 0 && uint8(terms >> 104) <= 7 && uint8(terms >> 96) <= 0x7f
            && uint16(terms >> 80) <= 1439 && uint16(terms >> 64) <= 1439
            && uint16(terms >> 32) == 1 && uint32(terms) <= START + 1 days
            && (uint32(terms) > 0 || uint8(terms >> 104) == 0);
        cheats.prank(OWNER);
        (bool taken,) = address(registry).call(abi.encodeCall(registry.grant, (lockId, GUEST, terms)));
        assertTrue(taken == good, "taken exactly when it is well-formed");
    }

    function testFuzz_strangersGrantAndHandOverNothing(address caller, address to, uint256 terms, uint256 word) public {
        cheats.assume(caller != OWNER);
        cheats.prank(OWNER);
        registry.setApprovalForAll(caller, true);
        cheats.expectRevert(ILockRegistry.NotOwner.selector);
        cheats.prank(caller);
        registry.grant(lockId, to, terms);
        cheats.expectRevert(ILockRegistry.NotOwner.selector);
        cheats.prank(caller);
        registry.handover(lockId, to, word);
    }

    function testFuzz_handoverWords(uint256 word, uint256 shape, uint256 forced) public {
        uint256 current = bound(forced, 1, 0xffff);
        forceState(lockId, current << 240 | uint160(OWNER));
        if (shape & 1 != 0) word &= type(uint72).max;
        if (shape & 2 != 0) word = word & ~(uint256(0xffff) << 40) | uint256(uint16(current + 1)) << 40;
        if (shape & 4 != 0) word = word & ~(uint256(0xffff) << 56) | bound(uint16(word >> 56), 0, current) << 56;
        if (shape & 8 != 0) word = word & ~uint256(type(uint40).max) | bound(uint40(word), START - 2, FOR_EVER);
        uint256 newEpoch = uint16(word >> 40);
        bool good = word >> 72 == 0 && newEpoch == current + 1 && uint16(word >> 56) < newEpoch && uint40(word) >= START;
        cheats.prank(OWNER);
        (bool done,) = address(registry).call(abi.encodeCall(registry.handover, (lockId, GUEST, word)));
        assertTrue(done == good, "done exactly when the word is good");
        assertEq(good ? current + 1 : current, epochOf(lockId), "the epoch");
        assertTrue(registry.ownerOf(lockId) == (good ? GUEST : OWNER), "the owner");
    }

    function testFuzz_nobodyRegistersForAnother(uint256 key, address named, address caller, uint256 ahead) public {
        key = bound(key, 1, type(uint128).max);
        cheats.assume(caller != address(0) && caller != named && key != DEVICE);
        address lock = cheats.addr(key);
        uint256 deadline = START + bound(ahead, 0, 3600);
        bytes memory signature = signRegistration(key, lock, named, deadline);
        cheats.expectRevert(ILockRegistry.InvalidDeviceSignature.selector);
        cheats.prank(caller);
        registry.register(lock, deadline, signature);
    }

    function testFuzz_onlyTheDeviceSigns(uint256 key, uint256 otherKey, address caller) public {
        key = bound(key, 1, type(uint128).max);
        otherKey = bound(otherKey, 1, type(uint128).max);
        cheats.assume(caller != address(0) && key != otherKey && key != DEVICE);
        address lock = cheats.addr(key);
        bytes memory signature = signRegistration(otherKey, lock, caller, START + 600);
        cheats.expectRevert(ILockRegistry.InvalidDeviceSignature.selector);
        cheats.prank(caller);
        registry.register(lock, START + 600, signature);
    }

    function testFuzz_seqNeverCarries(uint16 epoch, uint32 seq, uint8 action) public {
        epoch = uint16(bound(epoch, 1, 0xffff));
        // Half of the runs at the edge.
        if (action & 1 != 0) seq = uint32(bound(seq, type(uint32).max - 1, type(uint32).max));
        action = uint8(bound(action, 1, 9));
        forceState(lockId, uint256(epoch) << 240 | uint256(seq) << 208 | uint160(OWNER));
        if (seq == type(uint32).max) cheats.expectRevert(ILockRegistry.SeqExhausted.selector);
        cheats.prank(OWNER);
        registry.command(orderOf(lockId, epoch, START, action));
        assertEq(epoch, epochOf(lockId), "the epoch stays");
        assertEq(seq == type(uint32).max ? seq : seq + 1, seqOf(lockId), "seq counts one order");
    }

    /// @dev At the edge of seq, an order for the epoch that a carry would lead to is refused as well.
    function testFuzz_noOrderForTheEpochAfterACarry(uint16 epoch) public {
        epoch = uint16(bound(epoch, 1, 0xfffe));
        forceState(lockId, uint256(epoch) << 240 | uint256(type(uint32).max) << 208 | uint160(OWNER));
        cheats.expectRevert(ILockRegistry.SeqExhausted.selector);
        cheats.prank(OWNER);
        registry.command(orderOf(lockId, uint256(epoch) + 1, START, 1));
    }

    function testFuzz_epochNeverWraps(uint16 epoch, uint32 seq) public {
        if (seq & 1 != 0) epoch = type(uint16).max;
        epoch = uint16(bound(epoch, 1, 0xffff));
        forceState(lockId, uint256(epoch) << 240 | uint256(seq) << 208 | uint256(0x7a) << 160 | uint160(OWNER));
        if (epoch == type(uint16).max) cheats.expectRevert(ILockRegistry.EpochExhausted.selector);
        cheats.prank(OWNER);
        registry.transferFrom(OWNER, GUEST, lockId);
        if (epoch == type(uint16).max) return;
        uint256 word = (uint256(epoch) + 1) << 240 | uint256(seq) << 208 | uint160(GUEST);
        assertEq(word, registry.lockState(lockId), "the epoch rises, the wish is cleared, seq stays");
    }

    /// @dev Half of the time one of the four seconds at a window's ends, else somewhere in it.
    function near(uint256 seed, uint256 first, uint256 last) private pure returns (uint256) {
        if (seed & 1 == 0) return bound(seed >> 1, first, last < first ? first : last);
        if (seed & 2 == 0) return seed & 4 == 0 ? first - 1 : first;
        return seed & 4 == 0 ? last : last + 1;
    }
}
