-- Renews a lease, buries whose lease is over, and says how things stand.
-- KEYS: 1 epoch, 2 members, 3 dead, 4 gone, 5 beats, 6 numbers, 7 seq, 8 online, 9 held by the incarnation
-- ARGV: 1 epoch, 2 incarnation, 3 '1' to join, 4 lease ms, 5 grace ms, 6 how long the gone are remembered, ms
if standing(KEYS[1]) ~= ARGV[1] then return { 'lost' } end
local incarnation, lease, grace = ARGV[2], tonumber(ARGV[4]), tonumber(ARGV[5])
if not redis.call('ZSCORE', KEYS[2], incarnation) then
  local marked = redis.call('ZSCORE', KEYS[3], incarnation) or redis.call('ZSCORE', KEYS[4], incarnation)
  if marked or ARGV[3] ~= '1' then return { 'buried' } end
end

local at = clock()
-- The first write renews the own lease: a Redis that refuses beats refuses burials.
redis.call('ZADD', KEYS[2], at + lease, incarnation)
local beats = redis.call('HMGET', KEYS[5], 'at', 'settling')
local last, settling = tonumber(beats[1]), tonumber(beats[2])

if isStill(last, at, lease) then
  local others = 0
  for _, member in ipairs(redis.call('ZRANGE', KEYS[2], 0, -1)) do
    redis.call('ZADD', KEYS[2], at + lease, member)
    if member ~= incarnation then others = others + 1 end
  end
  local dead = redis.call('ZRANGE', KEYS[3], 0, -1, 'WITHSCORES')
  for i = 1, #dead, 2 do
    others = others + 1
    local due = math.min(math.max(tonumber(dead[i + 1]), at + lease), at + lease + grace)
    redis.call('ZADD', KEYS[3], due, dead[i])
  end
  if others > 0 then redis.call('HSET', KEYS[5], 'still', at) end
  if settling then
    settling = at
    redis.call('HSET', KEYS[5], 'settling', at)
  end
end

redis.call('HSET', KEYS[5], 'at', at, 'lease', lease)
if settling and at >= settling + lease then
  settling = nil
  redis.call('HDEL', KEYS[5], 'settling')
end

local due = {}
if not settling then
  local over = redis.call('ZRANGE', KEYS[2], '-inf', at, 'BYSCORE', 'WITHSCORES')
  for i = 1, #over, 2 do
    redis.call('ZREM', KEYS[2], over[i])
    redis.call('ZADD', KEYS[3], tonumber(over[i + 1]) + grace, over[i])
  end
  due = redis.call('ZRANGE', KEYS[3], '-inf', at, 'BYSCORE')
end
redis.call('ZREMRANGEBYSCORE', KEYS[4], '-inf', '(' .. (at - tonumber(ARGV[6])))

return {
  'beating',
  tonumber(redis.call('GET', KEYS[7]) or 0),
  redis.call('HLEN', KEYS[8]),
  tonumber(redis.call('HGET', KEYS[6], incarnation) or 0),
  redis.call('SCARD', KEYS[9]),
  settling and 0 or 1,
  redis.call('ZCARD', KEYS[2]),
  at,
  due,
}
