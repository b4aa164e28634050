// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {LockRegistry} from "../src/LockRegistry.sol";
import {RegistryFixture} from "./RegistryFixture.sol";

/// @dev Four people do with two locks what they like; a model written from the protocol says what should come of it.
/// A call that the model and the registry judge differently fails the run.
contract RegistryHandler is RegistryFixture {
    struct Model {
        address owner;
        uint256 epoch;
        uint256 seq;
        uint256 wish; // notAfter:40 | action:8
        address approved;
    }

    uint256 private constant PEOPLE = 4;
    uint256 private constant LOCKS = 2;

    uint256[LOCKS] public lockIds;
    mapping(uint256 lockId => Model) private _models;
    mapping(uint256 lockId => mapping(uint256 epoch => mapping(address guest => uint256))) private _terms;
    mapping(address owner => mapping(address operator => bool)) private _operators;
    uint256 private _clock = START;

    constructor() {
        setUpRegistry();
        for (uint256 i = 0; i < LOCKS; ++i) {
            lockIds[i] = registerLock(0xd071ce + i, person(i));
            _models[lockIds[i]] = Model(person(i), 1, 0, 0, address(0));
        }
    }

    function target() external view returns (LockRegistry) {
        return registry;
    }

    function person(uint256 seed) public pure returns (address) {
        return address(uint160(0xA11CE0 + seed % PEOPLE));
    }

    function modelWord(uint256 lockId) external view returns (uint256) {
        Model memory model = _models[lockId];
        return model.epoch << 240 | model.seq << 208 | model.wish << 160 | uint160(model.owner);
    }

    function modelTerms(uint256 lockId, address guest) external view returns (uint256) {
        return _terms[lockId][_models[lockId].epoch][guest];
    }

    function command(uint256 who, uint256 which, uint256 epochOff, uint256 ahead, uint256 action) external {
        (uint256 lockId, Model storage model) = pick(which);
        uint256 epoch = epochNear(model.epoch, epochOff);
        uint256 notAfter = _clock + bound(ahead, 0, 904) - 2;
        action = bound(action, 0, 6);
        bool inTime = notAfter >= _clock && notAfter <= _clock + 900;
        bool allowed = person(who) == model.owner || guestMay(lockId, model.epoch, person(who), action);
        bool good = epoch == model.epoch && inTime && action >= 1 && action <= 9 && allowed;
        uint256 order = orderOf(lockId, epoch, notAfter, action);
        check(person(who), abi.encodeCall(registry.command, (order)), good, "command");
        if (good) {
            model.seq += 1;
            model.wish = notAfter << 8 | action;
        }
    }

    function commandMany(uint256 who, uint256 order, uint256 action) external {
        uint256[] memory orders = new uint256[](2);
        bool sorted = lockIds[0] < lockIds[1] == (order & 1 == 0);
        bool good = sorted;
        action = bound(action, 1, 9);
        for (uint256 i = 0; i < 2; ++i) {
            uint256 lockId = lockIds[order & 1 == 0 ? i : 1 - i];
            Model storage model = _models[lockId];
            good = good && (person(who) == model.owner || guestMay(lockId, model.epoch, person(who), action));
            orders[i] = orderOf(lockId, model.epoch, _clock + 300, action);
        }
        check(person(who), abi.encodeCall(registry.commandMany, (orders)), good, "commandMany");
        if (!good) return;
        for (uint256 i = 0; i < 2; ++i) {
            _models[lockIds[i]].seq += 1;
            _models[lockIds[i]].wish = (_clock + 300) << 8 | action;
        }
    }

    function grant(uint256 who, uint256 which, uint256 guestSeed, uint256 epochOff, uint256 rights, uint256 serialOff)
        external
    {
        (uint256 lockId, Model storage model) = pick(which);
        address guest = person(guestSeed);
        rights = bound(rights, 0, 8);
        uint256 serial = serialNear(uint32(_terms[lockId][model.epoch][guest]), serialOff);
        uint256 terms = termsOf(
            _clock - 60, _clock + bound(serialOff, 0, 2 hours), rights, epochNear(model.epoch, epochOff), serial
        );
        bool good = person(who) == model.owner && isGoodGrant(_terms[lockId][model.epoch][guest], terms, model.epoch);
        check(person(who), abi.encodeCall(registry.grant, (lockId, guest, terms)), good, "grant");
        if (good) _terms[lockId][model.epoch][guest] = terms;
    }

    function handover(uint256 who, uint256 which, uint256 toSeed, uint256 epochOff, uint256 lockEpoch) external {
        (uint256 lockId, Model storage model) = pick(which);
        uint256 newEpoch = epochNear(model.epoch + 1, epochOff);
        lockEpoch = bound(lockEpoch, 0, model.epoch + 1);
        bool good = person(who) == model.owner && newEpoch == model.epoch + 1 && lockEpoch < newEpoch;
        uint256 word = handoverOf(lockEpoch, newEpoch, _clock + 30 days);
        check(person(who), abi.encodeCall(registry.handover, (lockId, person(toSeed), word)), good, "handover");
        if (good) moved(model, person(toSeed));
    }

    function transferFrom(uint256 who, uint256 which, uint256 fromSeed, uint256 toSeed, bool safely) external {
        (uint256 lockId, Model storage model) = pick(which);
        // Mostly from the owner: other transfers never succeed.
        address from = fromSeed & 7 == 0 ? person(fromSeed >> 3) : model.owner;
        address caller = person(who);
        bool mayMove = caller == model.owner || caller == model.approved || _operators[model.owner][caller];
        bool good = from == model.owner && mayMove;
        bytes memory data = safely
            ? abi.encodeWithSignature("safeTransferFrom(address,address,uint256)", from, person(toSeed), lockId)
            : abi.encodeCall(registry.transferFrom, (from, person(toSeed), lockId));
        check(caller, data, good, "transferFrom");
        if (good) moved(model, person(toSeed));
    }

    function approve(uint256 who, uint256 which, uint256 toSeed) external {
        (uint256 lockId, Model storage model) = pick(which);
        bool good = person(who) == model.owner || _operators[model.owner][person(who)];
        check(person(who), abi.encodeCall(registry.approve, (person(toSeed), lockId)), good, "approve");
        if (good) model.approved = person(toSeed);
    }

    function setApprovalForAll(uint256 who, uint256 operatorSeed, bool isApproved) external {
        bytes memory data = abi.encodeCall(registry.setApprovalForAll, (person(operatorSeed), isApproved));
        check(person(who), data, true, "setApprovalForAll");
        _operators[person(who)][person(operatorSeed)] = isApproved;
    }

    /// @dev Nobody registers a lock that is registered, even with a good signature of its device.
    function register(uint256 who, uint256 which) external {
        (uint256 lockId,) = pick(which);
        uint256 deadline = _clock + 60;
        uint256 key = 0xd071ce + which % LOCKS;
        bytes memory signature = signRegistration(key, address(uint160(lockId)), person(who), deadline);
        bytes memory data = abi.encodeCall(registry.register, (address(uint160(lockId)), deadline, signature));
        check(person(who), data, false, "register");
    }

    function waitFor(uint256 time) external {
        _clock += bound(time, 0, 1 hours);
        cheats.warp(_clock);
    }

    function pick(uint256 which) private view returns (uint256 lockId, Model storage model) {
        lockId = lockIds[which % LOCKS];
        model = _models[lockId];
    }

    /// @dev Mostly the epoch itself, or what is near it.
    function epochNear(uint256 epoch, uint256 seed) private pure returns (uint256) {
        if (seed & 3 != 0) return epoch;
        return seed & 4 == 0 ? epoch + 1 : epoch - 1;
    }

    function serialNear(uint256 last, uint256 seed) private view returns (uint256) {
        return last == 0 ? _clock : last + bound(seed, 0, 4) - 2;
    }

    function isGoodGrant(uint256 last, uint256 terms, uint256 epoch) private view returns (bool) {
        uint256 serial = uint32(terms);
        uint256 rights = uint8(terms >> 104);
        bool isNew = serial > uint32(last) || (serial == uint32(last) && rights == 0);
        return isNew && rights <= 7 && uint16(terms >> 32) == epoch && serial <= _clock + 1 days;
    }

    function guestMay(uint256 lockId, uint256 epoch, address guest, uint256 action) private view returns (bool) {
        uint256 terms = _terms[lockId][epoch][guest];
        bool hasRight = action == 1 ? terms >> 104 & 1 != 0 : action <= 3 && terms >> 105 & 1 != 0;
        return hasRight && _clock >= uint40(terms >> 152) && _clock <= uint40(terms >> 112);
    }

    function moved(Model storage model, address to) private {
        model.owner = to;
        model.epoch += 1;
        model.wish = 0;
        model.approved = address(0);
    }

    function check(address caller, bytes memory data, bool good, string memory what) private {
        // Forge need not keep a time between the calls of a run.
        cheats.warp(_clock);
        cheats.prank(caller);
        (bool done,) = address(registry).call(data);
        assertTrue(done == good, string.concat(what, good ? ": refused a good call" : ": took a bad call"));
    }
}
