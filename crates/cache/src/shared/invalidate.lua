-- Drops tags, and tells every process, in the order in which it happened.
-- KEYS: ledger. ARGV: run, nonce, channel, message, tags, how many are remembered.
local era = era_of(KEYS[1], ARGV[1], ARGV[2])
local number = highest_of(KEYS[1]) + 1
for tag in string.gmatch(ARGV[5], '%S+') do
    redis.call('ZADD', KEYS[1], number, tag)
end
local surplus = redis.call('ZCARD', KEYS[1]) - tonumber(ARGV[6])
if surplus > 0 then
    -- A quarter more, so that it is not done again at once. The era goes first, being the lowest, and comes back as high
    -- as what was forgotten.
    local last = math.min(surplus + math.floor(tonumber(ARGV[6]) / 4), redis.call('ZCARD', KEYS[1]) - 1)
    local forgotten = redis.call('ZRANGE', KEYS[1], last, last, 'WITHSCORES')[2]
    redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', forgotten)
    redis.call('ZADD', KEYS[1], forgotten, era)
end
redis.call('PUBLISH', ARGV[3], ARGV[4])
return number
