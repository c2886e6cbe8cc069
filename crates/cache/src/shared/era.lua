-- A ledger is a sorted set: each tag that was dropped, by the number of its last drop, and before all of them the era,
-- by the highest number that has been forgotten. An era begins when there is no ledger or one of another start of the
-- server, which may know less than there was; nothing of an earlier era counts. Since era and drops are one key, they
-- are evicted together or not at all.
local function era_of(ledger, run, nonce)
    local era = redis.call('ZRANGE', ledger, 0, 0)[1]
    local start = '=' .. run .. ':'
    if not era or string.sub(era, 1, #start) ~= start then
        era = start .. nonce
        redis.call('DEL', ledger)
        redis.call('ZADD', ledger, 1, era)
    end
    return era
end

local function highest_of(ledger)
    return tonumber(redis.call('ZRANGE', ledger, -1, -1, 'WITHSCORES')[2])
end

-- Whether nothing that these tags stand for has changed since a stamp.
local function is_whole(ledger, era, stamp, tags)
    if tonumber(redis.call('ZSCORE', ledger, era)) > stamp then
        return false
    end
    for tag in string.gmatch('all ' .. tags, '%S+') do
        local dropped = redis.call('ZSCORE', ledger, tag)
        if dropped and tonumber(dropped) > stamp then
            return false
        end
    end
    return true
end

local function now_ms()
    local time = redis.call('TIME')
    return time[1] * 1000 + math.floor(time[2] / 1000)
end
