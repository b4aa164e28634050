// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Who signed a lock's report: one COSE_Sign1 (RFC 9052) under ES256K (RFC 8812).
/// @dev Takes the one form that locks write, deterministic CBOR throughout:
/// `d2 84 | 58 1a a2 01 38 2e 04 54 lock:20 | a0 | payload as a byte string | 58 40 r:32 s:32`.
/// Does not read the payload: what the report says, how old it is and its place among reports are the caller's to check.
library ReportSignature {
    /// @notice The bytes are no report that the lock they name has signed.
    error InvalidReport();

    /// @dev Tag 18, an array of four, and the protected header up to the lock's address.
    bytes10 private constant HEAD = 0xd284581aa201382e0454;

    /// @dev An array of four and the text "Signature1", as RFC 9052 section 4.4 begins what is signed.
    bytes12 private constant SIGNED_HEAD = 0x846a5369676e617475726531;

    /// @dev An empty byte string: there is no external data.
    bytes1 private constant NO_DATA = 0x40;

    /// @dev Where the parts begin, counted from the start or, for the signature, from the end.
    uint256 private constant HEADER_AT = 2;
    uint256 private constant LOCK_AT = 10;
    uint256 private constant UNPROTECTED_AT = 30;
    uint256 private constant PAYLOAD_AT = 31;
    uint256 private constant SIGNATURE_BYTES = 66;

    /// @dev Half of the order of secp256k1, rounded down: the highest low s.
    uint256 private constant LOW_S_MAX = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0;

    /// @param report the whole message, at most 65,535 bytes of payload
    /// @param v 27 or 28, which COSE does not carry: whoever sends the report finds it by trying
    /// @return lock the address in the report's header, whose key has signed it
    function signerOf(bytes calldata report, uint8 v) internal pure returns (address lock) {
        if (report.length < PAYLOAD_AT + 2 + SIGNATURE_BYTES) revert InvalidReport();
        uint256 end = report.length - SIGNATURE_BYTES;
        if (bytes10(report[:LOCK_AT]) != HEAD || report[UNPROTECTED_AT] != 0xa0) revert InvalidReport();
        if (!_isByteString(report[PAYLOAD_AT:end])) revert InvalidReport();
        if (bytes2(report[end:]) != 0x5840) revert InvalidReport();
        lock = address(bytes20(report[LOCK_AT:UNPROTECTED_AT]));
        bytes32 s = bytes32(report[end + 34:]);
        if (uint256(s) > LOW_S_MAX) revert InvalidReport();
        bytes32 digest = sha256(
            abi.encodePacked(SIGNED_HEAD, report[HEADER_AT:UNPROTECTED_AT], NO_DATA, report[PAYLOAD_AT:end])
        );
        address signer = ecrecover(digest, v, bytes32(report[end + 2:]), s);
        // ecrecover answers zero for a signature that nobody made, which must not pass for a lock.
        if (signer == address(0) || signer != lock) revert InvalidReport();
    }

    /// @dev Whether the bytes are exactly one byte string of 24 bytes or more, with its length in the shortest form.
    function _isByteString(bytes calldata item) private pure returns (bool) {
        uint256 size = item.length;
        if (item[0] == 0x58) return size == 2 + uint256(uint8(item[1])) && size >= 2 + 24;
        return item[0] == 0x59 && size == 3 + uint256(uint16(bytes2(item[1:3]))) && size >= 3 + 256;
    }
}
