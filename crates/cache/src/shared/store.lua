-- Keeps what was loaded, unless something that it was made from has changed since the load began.
-- KEYS: ledger, entry. ARGV: run, nonce, era, stamp, at, tags, body, lifetime in ms.
if era_of(KEYS[1], ARGV[1], ARGV[2]) ~= ARGV[3] or not is_whole(KEYS[1], ARGV[3], tonumber(ARGV[4]), ARGV[6]) then
    return 0
end
redis.call('HSET', KEYS[2], 'era', ARGV[3], 'stamp', ARGV[4], 'at', ARGV[5], 'tags', ARGV[6], 'body', ARGV[7])
redis.call('PEXPIRE', KEYS[2], ARGV[8])
return 1
