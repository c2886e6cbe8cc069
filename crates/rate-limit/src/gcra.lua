-- The generic cell rate algorithm, for one client (KEYS[1]): the only thing kept of it is when its quota will be whole
-- again. `now` is set by what stands before this. Times are in microseconds, which doubles hold exactly.
local interval, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
local whole = math.max(tonumber(redis.call('GET', KEYS[1]) or 0), now)
local after = whole + interval
local span = interval * burst
if after - span > now then
    return {0, 0, whole - now, after - span - now}
end
redis.call('SET', KEYS[1], string.format('%.0f', after), 'PX', math.ceil((after - now) / 1000))
local remaining = math.floor((span - (after - now)) / interval)
local retry = math.max(after + interval - span - now, 0)
return {1, remaining, after - now, retry}
