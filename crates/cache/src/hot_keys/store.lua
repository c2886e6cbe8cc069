-- Puts the hottest questions of a process to those of others, and forgets the coldest. A question is as hot as it is in
-- the process where it is hottest, so that storing again changes nothing.
-- KEYS: questions. ARGV: how many are kept, seconds until they are forgotten, then heat and name of each.
for place = 3, #ARGV, 2 do
    local known = redis.call('ZSCORE', KEYS[1], ARGV[place + 1])
    if not known or tonumber(known) < tonumber(ARGV[place]) then
        redis.call('ZADD', KEYS[1], ARGV[place], ARGV[place + 1])
    end
end
redis.call('ZREMRANGEBYRANK', KEYS[1], 0, -1 - tonumber(ARGV[1]))
redis.call('EXPIRE', KEYS[1], ARGV[2])
return 1
