-- An entry if it is whole, and in any case what a load that begins now has to show when it is stored.
-- KEYS: ledger, entry. ARGV: run, nonce.
local era = era_of(KEYS[1], ARGV[1], ARGV[2])
local begun = {era, highest_of(KEYS[1]), now_ms()}
local entry = redis.call('HMGET', KEYS[2], 'era', 'stamp', 'at', 'tags', 'body')
if entry[1] == era and is_whole(KEYS[1], era, tonumber(entry[2]), entry[4]) then
    return {begun, {begun[3] - tonumber(entry[3]), entry[4], entry[5]}}
end
if entry[1] then
    redis.call('DEL', KEYS[2])
end
return {begun}
