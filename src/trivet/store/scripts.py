"""
What the Redis store says to its server, where one command is not enough.

A script runs alone and is all-or-nothing: what speaks against running it (no memory left, a replica, a disk that is
full) is found out before its first line, because scripts with a ``#!`` line are checked as a whole. Those that only
take away run even without memory, so that people can always sign out and sweeping makes room; and so do those that
write over what is there, because pages of people who are signed in should go on.

What is stored, all of it under ``trivet:``

    session:<id>    hash: the fields of the session; version:<resource server> and sealed:<resource server>
    ends            sorted set: session ids by the second at which they are over
    user:<sub>      set: session ids
    outbox:<id>     hash: sealed:, sub:, added_at: and attempts:<resource server>
    due             sorted set: "<id> <resource server>" by the second at which it is to be tried
    kept:<key>      string: "<until> <value>"
    spent:<key>     string: "<until>"
    lease:<key>     string: "<until> <holder>"

The first five never expire by themselves, for a token that vanished would not be revoked. The last three do, but only
some time after their second: callers' clocks decide when that is, not the server's.
"""

from dataclasses import dataclass
from hashlib import sha1

__all__ = ["SESSION_FIELDS", "SLACK_SECONDS", "Script"]

SESSION_FIELDS = ("sub", "user", "seen_from", "created_at", "last_seen_at", "ends_at")

SLACK_SECONDS = 3600  # clocks of two callers may differ by as much before a key vanishes that one still counts on


@dataclass(frozen=True, slots=True, init=False)
class Script:
    """A Lua script, and the name under which the server remembers it."""

    text: str
    sha: str

    def __init__(self, *parts: str, flags: str = "") -> None:
        text = "\n".join((f"#!lua {flags}".rstrip(), *parts))
        object.__setattr__(self, "text", text)
        object.__setattr__(self, "sha", sha1(text.encode(), usedforsecurity=False).hexdigest())


_READ_ONLY = "flags=no-writes"
_ALWAYS = "flags=allow-oom"

_READING = f"""
local function session(id)
    local record = redis.call('HMGET', 'trivet:session:' .. id, '{"', '".join(SESSION_FIELDS)}')
    if not record[1] then
        return nil
    end
    table.insert(record, 1, id)
    return record
end

local function revocation(member)
    local id, server = string.match(member, '^([^ ]*) (.*)$')
    local key = 'trivet:outbox:' .. id
    local found = redis.call(
        'HMGET', key, 'sub:' .. server, 'sealed:' .. server, 'added_at:' .. server, 'attempts:' .. server
    )
    if not found[2] then
        return nil
    end
    return {{id, server, found[1], found[2], found[3], redis.call('ZSCORE', 'trivet:due', member), found[4]}}
end
"""

_ENDING = """
local function add_revocation(id, server, sub, sealed, added_at, due_at, attempts)
    local key = 'trivet:outbox:' .. id
    if redis.call('HSETNX', key, 'sealed:' .. server, sealed) == 1 then
        redis.call('HSET', key, 'sub:' .. server, sub, 'added_at:' .. server, added_at, 'attempts:' .. server, attempts)
        redis.call('ZADD', 'trivet:due', due_at, id .. ' ' .. server)
    end
end

local function end_session(id, now)
    local key, stored, servers = 'trivet:session:' .. id, {}, {}
    local found = redis.call('HGETALL', key)
    for i = 1, #found, 2 do
        stored[found[i]] = found[i + 1]
        servers[#servers + 1] = string.match(found[i], '^sealed:(.*)$')
    end
    if not stored.sub then
        return nil
    end
    for _, server in ipairs(servers) do
        add_revocation(id, server, stored.sub, stored['sealed:' .. server], now, now, 0)
    end
    redis.call('DEL', key)
    redis.call('ZREM', 'trivet:ends', id)
    redis.call('SREM', 'trivet:user:' .. stored.sub, id)
    return stored
end
"""

_STORED = """
local key, server = 'trivet:session:' .. ARGV[1], ARGV[2]
local version = redis.call('HGET', key, 'version:' .. server)
"""

open_session = Script(
    _ENDING,
    """
    local id, replacing, handed_on, tokens = ARGV[1], ARGV[2], cjson.decode(ARGV[3]), tonumber(ARGV[4])
    local old, new = 'trivet:session:' .. replacing, 'trivet:session:' .. id
    if replacing ~= '' and redis.call('EXISTS', old) == 0 then
        return 'ended'
    end
    for _, token in ipairs(handed_on) do
        if redis.call('HGET', old, 'version:' .. token[1]) ~= token[2] then
            return 'changed'
        end
    end
    local sub, created_at, ends_at = ARGV[5], ARGV[8], ARGV[10]
    if replacing ~= '' then
        end_session(replacing, created_at)
    end
    redis.call(
        'HSET', new, 'sub', sub, 'user', ARGV[6], 'seen_from', ARGV[7],
        'created_at', created_at, 'last_seen_at', ARGV[9], 'ends_at', ends_at
    )
    for i = 11, 8 + 3 * tokens, 3 do
        redis.call('HSET', new, 'version:' .. ARGV[i], ARGV[i + 1], 'sealed:' .. ARGV[i], ARGV[i + 2])
    end
    redis.call('ZADD', 'trivet:ends', ends_at, id)
    redis.call('SADD', 'trivet:user:' .. sub, id)
    return 'opened'
    """,
)

touch_session = Script(
    """
    local key, seen_at, ends_at = 'trivet:session:' .. ARGV[1], ARGV[2], ARGV[3]
    local last_seen_at = redis.call('HGET', key, 'last_seen_at')
    if last_seen_at and tonumber(last_seen_at) < tonumber(seen_at) then
        redis.call('HSET', key, 'last_seen_at', seen_at, 'ends_at', ends_at)
        redis.call('ZADD', 'trivet:ends', ends_at, ARGV[1])
    end
    """,
    flags=_ALWAYS,
)

end_session = Script(_ENDING, "return end_session(ARGV[1], ARGV[2]) and 1 or 0", flags=_ALWAYS)

end_expired = Script(
    _ENDING,
    f"""
    local now, ended = ARGV[1], {{}}
    for _, id in ipairs(redis.call('ZRANGEBYSCORE', 'trivet:ends', '-inf', now, 'LIMIT', 0, ARGV[2])) do
        local stored = end_session(id, now)
        if stored then
            ended[#ended + 1] = {{id, {", ".join(f"stored.{field}" for field in SESSION_FIELDS)}}}
        else
            redis.call('ZREM', 'trivet:ends', id)
        end
    end
    return ended
    """,
    flags=_ALWAYS,
)

sessions_of = Script(
    _READING,
    """
    local found = {}
    for _, id in ipairs(redis.call('SMEMBERS', 'trivet:user:' .. ARGV[1])) do
        found[#found + 1] = session(id)
    end
    return found
    """,
    flags=_READ_ONLY,
)

scan_sessions = Script(
    _READING,
    """
    local found, scanned = {}, redis.call('ZSCAN', 'trivet:ends', ARGV[1], 'COUNT', ARGV[2])
    for i = 1, #scanned[2], 2 do
        found[#found + 1] = session(scanned[2][i])
    end
    return {scanned[1], found}
    """,
    flags=_READ_ONLY,
)

replace_token = Script(
    _STORED,
    """
    if not version or tonumber(version) ~= tonumber(ARGV[3]) - 1 then
        return 0
    end
    redis.call('HSET', key, 'version:' .. server, ARGV[3], 'sealed:' .. server, ARGV[4])
    return 1
    """,
    flags=_ALWAYS,
)

reseal_token = Script(
    _STORED,
    """
    if version ~= ARGV[3] or redis.call('HGET', key, 'sealed:' .. server) ~= ARGV[4] then
        return 0
    end
    redis.call('HSET', key, 'sealed:' .. server, ARGV[5])
    return 1
    """,
)

add_revocation = Script(_ENDING, "add_revocation(unpack(ARGV))")

claim_revocations = Script(
    _READING,
    """
    local now, again_at, limit, id = tonumber(ARGV[1]), ARGV[2], tonumber(ARGV[3]), ARGV[4]
    local due = {}
    if id == '' then
        due = redis.call('ZRANGEBYSCORE', 'trivet:due', '-inf', now, 'LIMIT', 0, limit)
    else
        local since = {}
        for _, field in ipairs(redis.call('HKEYS', 'trivet:outbox:' .. id)) do
            local server = string.match(field, '^sealed:(.*)$')
            if server then
                local member = id .. ' ' .. server
                since[member] = tonumber(redis.call('ZSCORE', 'trivet:due', member)) or 0
                if since[member] <= now then
                    due[#due + 1] = member
                end
            end
        end
        table.sort(due, function(one, other)
            return since[one] < since[other] or since[one] == since[other] and one < other
        end)
    end
    local claimed = {}
    for i = 1, math.min(#due, limit) do
        local record = revocation(due[i])
        if record then
            local key, attempts = 'trivet:outbox:' .. record[1], 'attempts:' .. record[2]
            record[6], record[7] = again_at, redis.call('HINCRBY', key, attempts, 1)
            redis.call('ZADD', 'trivet:due', again_at, due[i])
            claimed[#claimed + 1] = record
        else
            redis.call('ZREM', 'trivet:due', due[i])
        end
    end
    return claimed
    """,
    flags=_ALWAYS,
)

settle_revocation = Script(
    """
    local id, server = ARGV[1], ARGV[2]
    local fields = {'sealed:' .. server, 'sub:' .. server, 'added_at:' .. server, 'attempts:' .. server}
    redis.call('HDEL', 'trivet:outbox:' .. id, unpack(fields))
    redis.call('ZREM', 'trivet:due', id .. ' ' .. server)
    """,
    flags=_ALWAYS,
)

scan_revocations = Script(
    _READING,
    """
    local found, scanned = {}, redis.call('ZSCAN', 'trivet:due', ARGV[1], 'COUNT', ARGV[2])
    for i = 1, #scanned[2], 2 do
        found[#found + 1] = revocation(scanned[2][i])
    end
    return {scanned[1], found}
    """,
    flags=_READ_ONLY,
)

reseal_revocation = Script(
    """
    local key, field = 'trivet:outbox:' .. ARGV[1], 'sealed:' .. ARGV[2]
    if redis.call('HGET', key, field) ~= ARGV[3] then
        return 0
    end
    redis.call('HSET', key, field, ARGV[4])
    return 1
    """
)

spend = Script(
    f"""
    local key, now, until_then = 'trivet:spent:' .. ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
    local spent = redis.call('GET', key)
    if spent and tonumber(spent) > now then
        return 0
    end
    redis.call('SET', key, ARGV[3], 'EX', until_then - now + {SLACK_SECONDS})
    return 1
    """
)

take_lease = Script(
    f"""
    local key, holder, now, until_then = 'trivet:lease:' .. ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
    local ends, held_by = string.match(redis.call('GET', key) or '', '^(%d+) (.*)$')
    if ends and held_by ~= holder and tonumber(ends) > now then
        return 0
    end
    if ends and tonumber(ends) > until_then then
        until_then = tonumber(ends)
    end
    redis.call('SET', key, until_then .. ' ' .. holder, 'EX', until_then - now + {SLACK_SECONDS})
    return 1
    """,
    flags=_ALWAYS,  # few, small and soon gone; nobody could refresh or sweep without
)

drop_lease = Script(
    """
    local key = 'trivet:lease:' .. ARGV[1]
    local held_by = string.match(redis.call('GET', key) or '', '^%d+ (.*)$')
    if held_by == ARGV[2] then
        redis.call('DEL', key)
    end
    """,
    flags=_ALWAYS,
)
