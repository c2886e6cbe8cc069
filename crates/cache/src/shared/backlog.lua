-- How old the last look at the backlog is and what it saw, or whether to look now: one process looks for all.
-- KEYS: last look, who looks. ARGV: run, milliseconds for which a look is recent.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local last = redis.call('HMGET', KEYS[1], 'run', 'at', 'waits')
local age = last[1] == ARGV[1] and now - tonumber(last[2]) or -1
-- While changes wait, what was seen is soon outdated.
local recent = tonumber(last[3] or 0) > 0 and 100 or tonumber(ARGV[2])
if age < 0 or age >= recent then
    if redis.call('SET', KEYS[2], '', 'NX', 'PX', 100) or age < 0 then
        return {1, now, 0}
    end
end
return {0, age, tonumber(last[3])}
