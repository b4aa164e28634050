// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC721} from "solady/tokens/ERC721.sol";
import {Base64} from "solady/utils/Base64.sol";
import {EIP712} from "solady/utils/EIP712.sol";
import {LibString} from "solady/utils/LibString.sol";
import {ILockRegistry} from "./interfaces/ILockRegistry.sol";
import {HandoverWord} from "./libraries/HandoverWord.sol";
import {LockWord} from "./libraries/LockWord.sol";
import {Order} from "./libraries/Order.sol";
import {Terms} from "./libraries/Terms.sol";

/// @title Registry of locks
/// @dev One storage slot a lock: Solady keeps the owner in the low 160 bits of a token's slot, and the other 96 hold
/// what the owner wishes. There is no admin, no upgrade, no burn and no fee.
contract LockRegistry is ILockRegistry, ERC721, EIP712 {
    uint256 private constant ORDERS_MAX = 100;
    uint256 private constant ENVELOPE_BYTES_MAX = 512;
    uint256 private constant DEADLINE_AHEAD_MAX = 1 hours;
    uint256 private constant EPOCH_MAX = type(uint16).max;

    /// @dev Half of the order of secp256k1, rounded down: the highest low s (EIP-2).
    uint256 private constant LOW_S_MAX = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0;

    bytes32 private constant REGISTRATION_TYPEHASH =
        keccak256("Registration(address lock,address owner,uint256 deadline)");

    /// @dev Solady's `_ERC721_MASTER_SLOT_SEED`, which is private there.
    uint256 private constant OWNERSHIP_SLOT_SEED = 0x7d8825530a5a2e7a << 192;

    /// @dev Topic 0 of `Commanded`; assembly takes no `Commanded.selector`, and a test compares the two.
    bytes32 private constant COMMANDED_TOPIC = 0x2b30b2bf2061e400d143ef64ad002398528d1784cca1da725b52c80cbacfeca7;

    /// @dev Masks and a unit of a lock's word, for the assembly in `_command`.
    uint256 private constant ALL_BUT_WISH = 0xffffffffffff000000000000ffffffffffffffffffffffffffffffffffffffff;
    uint256 private constant EPOCH_AND_OWNER = 0xffff00000000000000000000ffffffffffffffffffffffffffffffffffffffff;
    uint256 private constant SEQ_ONE = 1 << 208;

    /// @dev The first value of `notAfter:40 | action:8`, counted from this second, that is too far ahead.
    uint256 private constant WISH_TOO_FAR = (900 + 1) << 8;

    /// @dev One bit for each action that is known: 1 to 9.
    uint256 private constant KNOWN_ACTIONS = 0x3fe;

    /// @dev The second key is `epoch << 160 | guest`, so a new epoch forgets every guest without touching a slot.
    mapping(uint256 lockId => mapping(uint256 epochAndGuest => uint256 terms)) private _terms;

    /// @inheritdoc ILockRegistry
    function register(address lock, uint256 deadline, bytes calldata deviceSignature) external {
        // ecrecover answers zero for a signature that nobody made, which must not pass for a lock.
        if (lock == address(0)) revert ZeroAddress();
        if (deadline < block.timestamp) revert DeadlinePassed();
        if (deadline - block.timestamp > DEADLINE_AHEAD_MAX) revert DeadlineTooFar();
        bytes32 digest = _hashTypedData(keccak256(abi.encode(REGISTRATION_TYPEHASH, lock, msg.sender, deadline)));
        if (_recover(digest, deviceSignature) != lock) revert InvalidDeviceSignature();
        uint256 lockId = uint160(lock);
        _mint(msg.sender, lockId);
        emit Registered(lockId, msg.sender);
    }

    /// @inheritdoc ILockRegistry
    function command(uint256 order) external {
        _command(order, 0);
    }

    /// @inheritdoc ILockRegistry
    function commandMany(uint256[] calldata orders) external {
        if (orders.length == 0 || orders.length > ORDERS_MAX) revert OrderCount();
        uint256 pointer;
        uint256 end;
        // A pointer instead of an index saves a bounds check, a product and a sum for each order.
        assembly ("memory-safe") {
            pointer := orders.offset
            end := add(pointer, shl(5, orders.length))
        }
        uint256 lockId = 0;
        do {
            uint256 order;
            assembly ("memory-safe") {
                order := calldataload(pointer)
                pointer := add(pointer, 0x20)
            }
            lockId = _command(order, lockId);
        } while (pointer != end);
    }

    /// @inheritdoc ILockRegistry
    function grant(uint256 lockId, address guest, uint256 terms) external {
        uint256 epoch = _epochForOwner(lockId);
        if (guest == address(0)) revert ZeroAddress();
        if (Terms.hasPadding(terms)) revert NonZeroPadding();
        if (Terms.epoch(terms) != epoch) revert WrongEpoch(epoch);
        uint256 rights = Terms.rights(terms);
        if (rights > Terms.RIGHTS_KNOWN) revert UnknownRights();
        if (Terms.weekdays(terms) > Terms.EVERY_DAY) revert UnknownWeekdays();
        if (Terms.dayStart(terms) > Terms.LAST_MINUTE || Terms.dayEnd(terms) > Terms.LAST_MINUTE) revert PastTheDay();
        uint256 serial = Terms.serial(terms);
        if (serial > block.timestamp + Terms.SERIAL_AHEAD_MAX) revert SerialTooFar();
        uint256 key = _guestKey(epoch, guest);
        uint256 lastSerial = Terms.serial(_terms[lockId][key]);
        if (serial < lastSerial || (serial == lastSerial && rights != 0)) revert StaleSerial(lastSerial);
        _terms[lockId][key] = terms;
        emit Granted(lockId, guest, terms);
    }

    /// @inheritdoc ILockRegistry
    function handover(uint256 lockId, address to, uint256 word) external {
        uint256 epoch = _epochForOwner(lockId);
        if (HandoverWord.hasPadding(word)) revert NonZeroPadding();
        uint256 newEpoch = HandoverWord.newEpoch(word);
        if (newEpoch != epoch + 1) revert WrongNewEpoch(epoch + 1);
        if (HandoverWord.epoch(word) >= newEpoch) revert WrongLockEpoch();
        // A word that was withheld until the lock refuses it must not move the token either.
        if (HandoverWord.notAfter(word) < block.timestamp) revert NotAfterPassed();
        _transfer(msg.sender, msg.sender, to, lockId);
        emit HandedOver(lockId, to, word);
    }

    /// @inheritdoc ILockRegistry
    function post(bytes32 tag, bytes calldata envelope) external {
        if (uint256(tag) >> 160 == 0) revert TagLooksLikeLock();
        if (envelope.length > ENVELOPE_BYTES_MAX) revert EnvelopeTooLong();
        emit Posted(tag, envelope);
    }

    /// @inheritdoc ILockRegistry
    function lockState(uint256 lockId) external view returns (uint256 word) {
        (, word) = _load(lockId);
    }

    /// @inheritdoc ILockRegistry
    function guestTerms(uint256 lockId, address guest) external view returns (uint256 terms) {
        (, uint256 word) = _load(lockId);
        terms = _terms[lockId][_guestKey(LockWord.epoch(word), guest)];
    }

    /// @inheritdoc ILockRegistry
    function encodeOrder(uint256 lockId, uint8 action, uint40 notAfter, uint32 challenge)
        external
        view
        returns (uint256 order)
    {
        if (!Order.isKnownAction(action)) revert UnknownAction();
        order = Order.encode(lockId, challenge, _epochOf(lockId), notAfter, action);
    }

    /// @inheritdoc ILockRegistry
    function encodeTerms(uint256 lockId, uint40 notBefore, uint40 notAfter, uint8 rights)
        external
        view
        returns (uint256 terms)
    {
        if (rights > Terms.RIGHTS_KNOWN) revert UnknownRights();
        terms = Terms.encode(notBefore, notAfter, rights, _epochOf(lockId), uint32(block.timestamp));
    }

    /// @inheritdoc ERC721
    function name() public pure override returns (string memory) {
        return "Latchkey Lock";
    }

    /// @inheritdoc ERC721
    function symbol() public pure override returns (string memory) {
        return "LATCH";
    }

    /// @inheritdoc ERC721
    /// @dev JSON in the URI itself: no server can change or lose what a token says. It holds no state of the door.
    function tokenURI(uint256 lockId) public view override returns (string memory) {
        if (!_exists(lockId)) revert TokenDoesNotExist();
        string memory lock = LibString.toHexString(lockId, 20);
        string memory json = string.concat(
            '{"name":"Lock ',
            lock,
            '","description":"Whoever holds this owns a smart lock. The lock itself must accept a new owner: before you',
            ' pay, ask for its signed report that names you.","did":"did:ethr:',
            LibString.toMinimalHexString(block.chainid),
            ":",
            lock,
            '"}'
        );
        return string.concat("data:application/json;base64,", Base64.encode(bytes(json)));
    }

    /// @dev Every mint and transfer passes here: the epoch rises, and the last owner's wish is cleared. The count of
    /// orders goes on.
    function _afterTokenTransfer(address, address, uint256 lockId) internal override {
        (uint256 slot, uint256 word) = _load(lockId);
        uint256 epoch = LockWord.epoch(word);
        if (epoch == EPOCH_MAX) revert EpochExhausted();
        unchecked {
            ++epoch;
        }
        uint256 seq = LockWord.seq(word);
        _store(slot, epoch << 240 | seq << 208 | uint160(word));
        emit EpochRaised(lockId, epoch);
    }

    function _domainNameAndVersion() internal pure override returns (string memory, string memory) {
        return ("LockRegistry", "1");
    }

    /// @dev Obeys an order, or reverts. The common case, an owner's good order, is recognised by one test and costs no
    /// second look; all else goes through `_judge`. Lock 0 cannot be registered, so 0 stands for no lock before.
    /// @param lastLockId the order's lock is above this one
    function _command(uint256 order, uint256 lastLockId) private returns (uint256 lockId) {
        uint256 isPlain;
        // Assembly, because compiled Solidity costs about 400 gas more an order, and the budgets of 28,600 and 7,500
        // leave about 40 and 8. It writes before it judges, which keeps slot and word off the stack across the branch: a
        // revert undoes both, and nothing is called in between.
        assembly ("memory-safe") {
            lockId := shr(96, order)
            mstore(0x00, lockId)
            mstore(0x1c, OWNERSHIP_SLOT_SEED)
            let slot := add(lockId, add(lockId, keccak256(0x00, 0x20)))
            let word := sload(slot)
            let wish := and(order, 0xffffffffffff)
            // Where seq overflows it carries into the epoch, and `isPlain` is 0 and `_judge` reverts.
            let next := add(or(and(word, ALL_BUT_WISH), shl(160, wish)), SEQ_ONE)
            // Where a record has it: 64 bits up.
            let seq := and(shr(144, next), 0xffffffff0000000000000000)
            sstore(slot, next)
            mstore(0x00, or(or(shl(96, caller()), seq), and(order, 0xffffffffffffffff)))
            log2(0x00, 0x20, COMMANDED_TOPIC, lockId)
            // A product instead of a conjunction: seq is not 0 and its lowest bit may be.
            isPlain := mul(
                seq,
                and(
                    and(gt(lockId, lastLockId), shr(byte(31, order), KNOWN_ACTIONS)),
                    and(
                        // Counted from this second the past wraps to huge numbers; the action below decides nothing.
                        lt(sub(wish, shl(8, timestamp())), WISH_TOO_FAR),
                        iszero(and(xor(word, or(shl(192, order), caller())), EPOCH_AND_OWNER))
                    )
                )
            )
        }
        if (isPlain == 0) _judge(order, lockId, lastLockId);
    }

    /// @dev Reverts by name, unless the order that `_command` has written is one to obey. Every rule is here; the test
    /// in `_command` is their conjunction for the owner.
    function _judge(uint256 order, uint256 lockId, uint256 lastLockId) private view {
        if (lockId <= lastLockId) revert NotAscending();
        (, uint256 word) = _load(lockId);
        // First, because an overflow has carried into the epoch.
        if (LockWord.seq(word) == 0) revert SeqExhausted();
        if (LockWord.owner(word) == address(0)) revert TokenDoesNotExist();
        if (Order.epoch(order) != LockWord.epoch(word)) revert WrongEpoch(LockWord.epoch(word));
        if (!Order.isKnownAction(Order.action(order))) revert UnknownAction();
        if (Order.notAfter(order) < block.timestamp) revert NotAfterPassed();
        if (Order.notAfter(order) - block.timestamp > Order.SECONDS_AHEAD_MAX) revert NotAfterTooFar();
        if (LockWord.owner(word) != msg.sender) _checkGuest(order, lockId, LockWord.epoch(word));
    }

    /// @dev Reverts unless the caller is a guest who may do this now.
    function _checkGuest(uint256 order, uint256 lockId, uint256 epoch) private view {
        uint256 action = Order.action(order);
        if (action > Order.ACTION_GUEST_MAX) revert NotOwner();
        uint256 terms = _terms[lockId][_guestKey(epoch, msg.sender)];
        uint256 right = action == Order.ACTION_LOCK ? Terms.RIGHT_LOCK : Terms.RIGHT_UNLOCK;
        if (Terms.rights(terms) & right == 0) revert NoRight();
        if (block.timestamp < Terms.notBefore(terms) || block.timestamp > Terms.notAfter(terms)) {
            revert OutsideWindow();
        }
    }

    /// @dev The lock's epoch; reverts unless the caller owns the lock.
    function _epochForOwner(uint256 lockId) private view returns (uint256) {
        (, uint256 word) = _load(lockId);
        if (LockWord.owner(word) == address(0)) revert TokenDoesNotExist();
        if (LockWord.owner(word) != msg.sender) revert NotOwner();
        return LockWord.epoch(word);
    }

    /// @dev The lock's epoch; reverts for a lock that is not registered.
    function _epochOf(uint256 lockId) private view returns (uint256) {
        (, uint256 word) = _load(lockId);
        if (LockWord.owner(word) == address(0)) revert TokenDoesNotExist();
        return LockWord.epoch(word);
    }

    function _guestKey(uint256 epoch, address guest) private pure returns (uint256) {
        return epoch << 160 | uint160(guest);
    }

    /// @dev Solady has no accessor for owner and extra data together; its own would derive the slot and read it once
    /// for each, which the gas of `command` has no room for.
    function _load(uint256 lockId) private view returns (uint256 slot, uint256 word) {
        assembly ("memory-safe") {
            mstore(0x00, lockId)
            mstore(0x1c, OWNERSHIP_SLOT_SEED)
            slot := add(lockId, add(lockId, keccak256(0x00, 0x20)))
            word := sload(slot)
        }
    }

    /// @dev The counterpart of `_load`; Solidity cannot name a slot that it did not lay out.
    function _store(uint256 slot, uint256 word) private {
        assembly ("memory-safe") {
            sstore(slot, word)
        }
    }

    /// @dev Zero for anything but a 65-byte signature in its only form: each registration has one encoding.
    function _recover(bytes32 digest, bytes calldata signature) private pure returns (address) {
        if (signature.length != 65) return address(0);
        bytes32 r = bytes32(signature[:32]);
        bytes32 s = bytes32(signature[32:64]);
        if (uint256(s) > LOW_S_MAX) return address(0);
        return ecrecover(digest, uint8(signature[64]), r, s);
    }
}
