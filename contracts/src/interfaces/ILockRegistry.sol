// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Registry of locks: who owns each one, what its owner wishes, and whom the owner lets in.
/// @notice A lock is an ERC-721 token whose id is the address of the key inside the device. The registry is a
/// mailbox and a record of ownership: it never opens a door. The lock reads the signed transaction that made each
/// call here, checks it again by itself, and only its signed report says what the bolt did.
/// @dev Words are packed highest field first. The fields of all words, and what a lock checks beyond this contract,
/// are in the protocol's sections 2 and 3. ERC-721's own errors and events come from Solady's base.
interface ILockRegistry {
    /// @notice A device key or a guest cannot be the zero address.
    error ZeroAddress();

    /// @notice The device's signature is older than its deadline.
    error DeadlinePassed();

    /// @notice The deadline of the device's signature lies more than an hour ahead.
    error DeadlineTooFar();

    /// @notice The signature is not 65 bytes r, s, v with a low s and v of 27 or 28, or the device's key did not make
    /// it for this caller, contract and chain.
    error InvalidDeviceSignature();

    /// @notice Only the lock's owner may do this; an approved ERC-721 operator may transfer, and nothing else.
    error NotOwner();

    /// @notice The caller is neither the owner nor a guest with the right that this action needs.
    error NoRight();

    /// @notice The guest's window has not begun or is over.
    error OutsideWindow();

    /// @notice The word names another epoch than the lock is in.
    /// @param current the epoch that the registry holds
    error WrongEpoch(uint256 current);

    /// @notice Actions are 1 lock, 2 unlock, 3 unlock and relock, 4 privacy mode on, 5 off.
    error UnknownAction();

    /// @notice The order or handover is over: its last second lies in the past.
    error NotAfterPassed();

    /// @notice An order may be good for 900 seconds at most.
    error NotAfterTooFar();

    /// @notice The lock has counted all orders that 32 bits can.
    error SeqExhausted();

    /// @notice The lock has changed hands as often as 16 bits can count.
    error EpochExhausted();

    /// @notice A call takes 1 to 100 orders.
    error OrderCount();

    /// @notice The orders of one call name locks in strictly ascending order.
    error NotAscending();

    /// @notice Bits of a word that mean nothing are zero.
    error NonZeroPadding();

    /// @notice Rights are bit 0 lock, bit 1 unlock, bit 2 see history.
    error UnknownRights();

    /// @notice Weekdays are bits 0 to 6, Monday first.
    error UnknownWeekdays();

    /// @notice A minute of the day past 1439.
    error PastTheDay();

    /// @notice A grant's serial is above the guest's last one in this epoch; a revocation's may equal it.
    /// @param last the guest's last serial
    error StaleSerial(uint256 last);

    /// @notice A serial lies at most one day ahead.
    error SerialTooFar();

    /// @notice A handover leads to the next epoch.
    /// @param next the only epoch it may name
    error WrongNewEpoch(uint256 next);

    /// @notice A handover starts from an epoch below the one it leads to.
    error WrongLockEpoch();

    /// @notice A tag with its upper 96 bits zero could pass for a lock.
    error TagLooksLikeLock();

    /// @notice An envelope has 512 bytes at most.
    error EnvelopeTooLong();

    /// @notice A lock has entered the registry.
    event Registered(uint256 indexed lockId, address owner);

    /// @notice Somebody who may has told the lock what is wished.
    /// @param record `by:160 | seq:32 | epoch:16 | notAfter:40 | action:8`
    event Commanded(uint256 indexed lockId, uint256 record);

    /// @notice The owner has set, changed or revoked a guest's terms.
    event Granted(uint256 indexed lockId, address guest, uint256 terms);

    /// @notice The owner has handed the lock over by a word that the lock can verify.
    event HandedOver(uint256 indexed lockId, address to, uint256 word);

    /// @notice The lock has changed owners; what was signed for an older epoch is dead.
    event EpochRaised(uint256 indexed lockId, uint256 epoch);

    /// @notice A signed or sealed envelope lies in the mailbox.
    event Posted(bytes32 indexed tag, bytes envelope);

    /// @notice Mints the lock to the caller, whom the device has named.
    /// @dev The device signs EIP-712 `Registration(address lock,address owner,uint256 deadline)` in the domain
    /// `{name: "LockRegistry", version: "1", chainId, verifyingContract}`; `owner` is the caller.
    /// @param lock address of the device's key
    /// @param deadline Unix seconds, from now to one hour ahead
    /// @param deviceSignature 65 bytes r, s, v
    function register(address lock, uint256 deadline, bytes calldata deviceSignature) external;

    /// @notice Tells a lock what is wished: by its owner, or by a guest with the right inside its window.
    /// @param order `lock:160 | challenge:32 | epoch:16 | notAfter:40 | action:8`; challenge 0 is none, `notAfter`
    /// lies from now to 900 seconds ahead, both included
    function command(uint256 order) external;

    /// @notice The same for up to 100 locks, all or nothing.
    /// @param orders 1 to 100 orders, their locks strictly ascending
    function commandMany(uint256[] calldata orders) external;

    /// @notice Sets, changes or (with rights 0) revokes a guest's terms for this epoch.
    /// @param terms `0:64 | notBefore:40 | notAfter:40 | rights:8 | weekdays:8 | dayStart:16 | dayEnd:16 | uses:16 |
    /// epoch:16 | serial:32`
    function grant(uint256 lockId, address guest, uint256 terms) external;

    /// @notice Transfers the lock by a word that the lock itself can verify, so that no re-pairing is needed. To the
    /// owner himself it revokes every grant and brings a lock that lags behind into the new epoch.
    /// @param word `0:184 | epoch:16 | newEpoch:16 | notAfter:40`: `epoch` is the one the lock is in, `newEpoch` the
    /// registry's current plus one, and a word whose `notAfter` has passed is refused
    function handover(uint256 lockId, address to, uint256 word) external;

    /// @notice Puts an envelope into the mailbox; anyone may.
    /// @param tag what the receiver looks for; its upper 96 bits are not all zero
    /// @param envelope 512 bytes at most
    function post(bytes32 tag, bytes calldata envelope) external;

    /// @notice What the registry holds of a lock; 0 for one that is not registered.
    /// @return word `epoch:16 | seq:32 | notAfter:40 | action:8 | owner:160`
    function lockState(uint256 lockId) external view returns (uint256 word);

    /// @notice A guest's terms in the lock's current epoch; 0 for none, rights 0 after a revocation.
    function guestTerms(uint256 lockId, address guest) external view returns (uint256 terms);

    /// @notice Builds the word for `command` in the lock's current epoch, for people with a block explorer.
    /// @dev Checks the action, not the time. Tools encode words themselves: a node's word is never signed blind.
    /// @param notAfter last second in which the order is good, Unix time
    /// @param challenge first 4 bytes of the lock's current challenge, or 0
    function encodeOrder(uint256 lockId, uint8 action, uint40 notAfter, uint32 challenge)
        external
        view
        returns (uint256 order);

    /// @notice Builds the word for `grant` in the lock's current epoch: every day, all day, any number of uses, with
    /// the current second as its serial.
    /// @param notBefore first second of the window, Unix time
    /// @param notAfter last second of the window; 2^40-1 is for ever
    /// @param rights bit 0 lock, bit 1 unlock, bit 2 see history; 0 revokes
    function encodeTerms(uint256 lockId, uint40 notBefore, uint40 notAfter, uint8 rights)
        external
        view
        returns (uint256 terms);
}
