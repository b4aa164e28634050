// Every queue, body, depth and loop of the lock has its name here: a peer cannot make it allocate or work more.

// Wire
/**
 * Largest answer of an RPC node that is read, bytes; past it the block range is halved. It holds the longest
 * `commandMany` (7,500) or 16 event logs, and leaves an ESP32-C3's heap room to parse them.
 */
export const HTTP_BODY_BYTES_MAX = 10_240;
/** Largest JSON text of one event log that is looked at, bytes (a registry event takes about 600). */
export const LOG_BYTES_MAX = 2_048;
/** Deepest nesting of a JSON answer (a batch of transactions with access lists needs 6). */
export const JSON_DEPTH_MAX = 12;
/** Deepest nesting of CBOR (a report needs 4). */
export const CBOR_DEPTH_MAX = 8;
/** Largest CBOR item that is decoded, bytes (the fullest state that the journal can hold takes 16,398). */
export const CBOR_BYTES_MAX = 17_408;
/** Largest record in flash, bytes: such a state and what the journal puts around it. */
export const RECORD_BYTES_MAX = CBOR_BYTES_MAX + 29;
/** Deepest nesting of RLP (a transaction's storage keys need 4). */
export const RLP_DEPTH_MAX = 8;
/** Largest RLP item that is decoded, bytes (a transaction with the longest calldata and access list). */
export const RLP_BYTES_MAX = 8_192;
/** Characters of a node's error message that are kept. */
export const RPC_MESSAGE_CHARS_MAX = 160;
/** Highest block number, log index or transaction index that is believed to be one. */
export const BLOCK_NUMBER_BITS_MAX = 48;
/** Largest report, bytes (250 to 400 as measured). */
export const REPORT_BYTES_MAX = 1_024;
/** Largest pairing frame, bytes. */
export const PAIRING_FRAME_BYTES_MAX = 2_048;
/** Orders in one `commandMany`. */
export const ORDERS_PER_CALL_MAX = 100;
/** Calldata of the longest registry call, bytes: selector, offset, length, orders. */
export const CALLDATA_BYTES_MAX = 4 + 32 + 32 + 32 * ORDERS_PER_CALL_MAX;
/** Longest envelope in the registry's mailbox, bytes. */
export const ENVELOPE_BYTES_MAX = 512;
export const ACCESS_LIST_ENTRIES_MAX = 8;
export const ACCESS_LIST_KEYS_MAX = 8;

// Polling
/** Endpoints that a lock asks in turn. */
export const ENDPOINTS_MAX = 8;
/** Length of one endpoint's URL, characters. */
export const URL_CHARS_MAX = 256;
/** Blocks in one `eth_getLogs` (the widest range that IoTeX nodes answer). */
export const BLOCK_RANGE_MAX = 2_000;
/** Blocks that are read again for reorganisations. */
export const REORG_BLOCKS = 64;
/** Heads far below the cursor, in a row, after which an endpoint is read from the start. */
export const LOW_HEADS_MAX = 3;
/** Transactions of one endpoint that it told of and has not shown truly yet. */
export const DOUBTS_MAX = 8;
/** How long such a transaction is asked for again, milliseconds. */
export const DOUBT_MS_MAX = 900_000;
/** How long one round at one endpoint may take, milliseconds: a slow one must not keep the others waiting. */
export const ROUND_MS_MAX = 15_000;
/** Transactions that are fetched and checked in one round; bounds the curve operations a node can cause. */
export const TRANSACTIONS_PER_ROUND_MAX = 16;
/** Hashes of transactions already judged, so that a re-read costs nothing. */
export const SEEN_HASHES_MAX = 256;
/** Those of known principals' transactions that are kept over a reboot. */
export const SEEN_DURABLE_MAX = 32;
/** Commands that wait to be judged again: they want a clock, or flash failed. */
export const WAITING_COMMANDS_MAX = 8;
/** How long polls stay at the fast interval after anything happened, and at each longer one, milliseconds. */
export const POLL_AWAKE_MS = 60_000;
/** How many times less often than the best the worst endpoint is asked: never so seldom that liars push it out. */
export const STRIDE_MAX = 4;
/** The longest wait for an endpoint that fails, while others answer, milliseconds. */
export const BACKOFF_MS_MAX = 60_000;
/** The longest wait for old blocks that a node refuses, while it tells of its newest, milliseconds. */
export const BACKLOG_BACKOFF_MS_MAX = 900_000;
/** The longest silence that a node may ask for, seconds: shorter than the 300 s that tools sign an order for. */
export const RETRY_AFTER_SECONDS_MAX = 120;
/** How old a node's head may be for a range up to "latest" to be asked for with it, milliseconds. */
export const HEAD_FRESH_MS = 300_000;
/** The newest blocks, which are read before the backlog: over an hour of IoTeX's, an order lives 15 minutes. */
export const HEAD_WINDOW_BLOCKS = 1_500;
/** While there is a backlog, every so many polls of an endpoint the newest blocks are read. */
export const HEAD_WINDOW_TURN = 4;
/** Polls of an endpoint at the pace of catching up, before it falls back to the usual one: a backlog of half a year. */
export const CATCH_UP_POLLS_MAX = 4_096;
/** One more for each of this, milliseconds: an absurd height does not keep a lock busy. */
export const CATCH_UP_REFILL_MS = 60_000;
/** How far back a handover is looked for that a node has hidden, blocks: a month of IoTeX's. */
export const SEARCH_BLOCKS_MAX = 2 ** 20;
/** How long an endpoint is not searched again, milliseconds. */
export const SEARCH_PAUSE_MS = 600_000;
/** Polls of such searches at one endpoint, two whole ones, before they fall back to one a minute. */
export const SEARCH_POLLS_MAX = 1_056;
/** Polls at the pace of catching up after which the cursors are written to flash: all that a cut repeats. */
export const CURSOR_POLLS_UNWRITTEN = 64;
/** How long one HTTP exchange may take, milliseconds. */
export const HTTP_TIMEOUT_MS = 5_000;

// Authority
/** An order's `notAfter` is at most this far ahead, seconds. */
export const ORDER_AHEAD_SECONDS_MAX = 900;
export const GUESTS_MAX = 64;
export const TOMBSTONES_MAX = 64;
/** Orders of one guest within RATE_WINDOW_SECONDS; the owner has a budget of its own. */
export const GUEST_ORDERS_PER_WINDOW_MAX = 6;
/** Refusals of one known principal within RATE_WINDOW_SECONDS that are reported; the rest are only counted. */
export const REFUSALS_PER_WINDOW_MAX = 6;
export const RATE_WINDOW_SECONDS = 60;
/** Refusals of a guest's own doing within LOCKOUT_WINDOW_MS after which the guest is locked out. */
export const LOCKOUT_ATTEMPTS_MAX = 5;
/** As long as an order can live, so that none counts twice. */
export const LOCKOUT_WINDOW_MS = 900_000;
/** How long a locked-out guest does not open. */
export const LOCKOUT_MS = 300_000;
/** A grant seen for the first time is at most this old, seconds. */
export const GRANT_AGE_SECONDS_MAX = 7 * 86_400;
/** A grant's serial is at most this far ahead, seconds. */
export const GRANT_AHEAD_SECONDS_MAX = 86_400;
/** Highest time that any field holds: 40 bits. */
export const UNIX_SECONDS_MAX = 2 ** 40 - 1;
/** A forward jump of the clock beyond uptime that is believed without the owner, seconds. */
export const CLOCK_JUMP_SECONDS_MAX = 86_400;

// Adoption
/** Hours with acknowledged reports that an adoption waits. */
export const ADOPTION_HOURS = 24;
/** How much rarer than commands a veto is asked for while an adoption waits. */
export const VETO_POLL_FACTOR = 10;

// Reports
/** Reports in flash that wait for delivery; none is written over before it was taken. */
export const OUTBOX_REPORTS_MAX = 256;
/** Of them, those that refusals and the bolt's movements leave to the receipts of commands. */
export const RECEIPT_REPORTS = 64;
/** Of these, those that guests leave to the receipts of the owner's commands. */
export const OWNERS_RECEIPTS = 32;
/** Accepted commands whose receipts are not in flash yet: a round's, and some that wait for the bolt. */
export const OWED_RECEIPTS_MAX = 24;
/** Of them, those that guests leave to the owner. */
export const OWNERS_OWED = 8;
/** Reports that wait in RAM, because they are heartbeats or flash did not take them; the oldest heartbeat goes first. */
export const REPORTS_IN_RAM_MAX = 32;
/** Numbers that heartbeats take from one write to flash. */
export const REPORT_LEASE = 16;

// Firmware
/** Length of the version that a report names, characters. */
export const VERSION_CHARS_MAX = 64;

// Alarms
/** Reports that one alarm's rises may cause within ALARM_WINDOW_SECONDS; later ones show in the reports made anyway. */
export const ALARM_REPORTS_PER_WINDOW_MAX = 4;
export const ALARM_WINDOW_SECONDS = 3_600;
/** How long the clock may be missing before that alone is reported, milliseconds: each boot begins without one. */
export const CLOCK_ALARM_MS = 600_000;
/** How long the alarm of wrong attempts stands after the last, milliseconds. */
export const WRONG_ATTEMPTS_ALARM_MS = 900_000;
/** Readings in a row that make a battery low, or good again: a motor's current dips one. */
export const BATTERY_READINGS = 3;
/** How far above its limit a battery must come back, millivolts. */
export const BATTERY_HYSTERESIS_MILLIVOLTS = 200;
/** How long after a failed write flash is tried again where nothing else writes, milliseconds. */
export const STORAGE_RETRY_MS = 300_000;

// Bolt
/** How long the bolt may take to its end position before it counts as jammed, milliseconds. */
export const BOLT_TRAVEL_MS_MAX = 5_000;
/** Tries before a jam is reported. */
export const BOLT_TRIES_MAX = 3;
/** Relock time of action 3, milliseconds, unless the settings name another. */
export const RELOCK_MS_DEFAULT = 10_000;
/** How often a relock that passage holds back is looked at again, milliseconds. */
export const PASSAGE_CHECK_MS = 30_000;
/** Movements by hand, by the buttons or by the lock itself within RATE_WINDOW_SECONDS that are written and reported. */
export const BOLT_EVENTS_PER_WINDOW_MAX = 12;
/** Presses of the button outside within RATE_WINDOW_SECONDS that do anything: a stranger must not wear out the motor. */
export const OUTSIDE_PRESSES_PER_WINDOW_MAX = 6;
/** How far after the firmware's build an owner's time may lie at pairing, while the lock has no clock, seconds. */
export const PAIRING_CLOCK_SECONDS_MAX = 20 * 366 * 86_400;
/** With the setting strict-after-boot, unlocks need the challenge until this uptime, milliseconds. */
export const STRICT_AFTER_BOOT_MS = 900_000;
/** How long a press of the inside button allows pairing, milliseconds. */
export const PAIRING_WINDOW_MS = 120_000;

// Settings
/** Length of one text setting, characters: six addresses with their 0x and the spaces between them. */
export const SETTING_CHARS_MAX = 257;
/** Length of a POSIX TZ string, characters (the longest of the tz database has 43). */
export const TIME_ZONE_CHARS_MAX = 64;
/** Spans in a text of weekly hours. */
export const WEEKLY_HOURS_MAX = 14;
/** Guests whose opening is a call for help. */
export const DURESS_GUESTS_MAX = 6;
