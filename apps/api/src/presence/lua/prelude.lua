-- Every script begins with these words: see redis-scripts.ts.

-- Store time, ms since 1970.
local function clock()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

-- The epoch that stands, or nil. One that began under another history of the data (a restart, a failover, a backup) does not: the last
-- writes may be missing from it. A replica has no say.
local function standing(key)
  local history = redis.call('INFO', 'replication')
  if not string.find(history, 'role:master', 1, true) then
    error(redis.error_reply('READONLY This Redis is a replica.'))
  end
  history = string.match(history, 'master_replid:(%x+)')
  local epoch = redis.call('HMGET', key, 'id', 'history')
  if epoch[1] and epoch[2] == history then return epoch[1], history end
  return nil, history
end

-- An online user's value is `<incarnation> <incarnation> …\n<name>`.
local function read(value)
  local cut = string.find(value, '\n', 1, true)
  return string.sub(value, 1, cut - 1), string.sub(value, cut + 1)
end

local function has(holders, incarnation)
  return holders == incarnation or string.find(' ' .. holders .. ' ', ' ' .. incarnation .. ' ', 1, true) ~= nil
end

local function without(holders, incarnation)
  local left = {}
  for holder in string.gmatch(holders, '%S+') do
    if holder ~= incarnation then left[#left + 1] = holder end
  end
  return table.concat(left, ' ')
end

-- Calls a command with many arguments in pieces that fit Lua's stack.
local function calls(command, key, arguments)
  for from = 1, #arguments, 1000 do
    redis.call(command, key, unpack(arguments, from, math.min(from + 999, #arguments)))
  end
end

-- Takes users, who are in none of its sets any more, from an incarnation, and adds who went to the changes.
local function take(online, incarnation, users, changes)
  for from = 1, #users, 1000 do
    local ids = { unpack(users, from, math.min(from + 999, #users)) }
    local values = redis.call('HMGET', online, unpack(ids))
    local gone, kept = {}, {}
    for i, id in ipairs(ids) do
      if values[i] then
        local holders, name = read(values[i])
        local left = without(holders, incarnation)
        if left == '' then
          gone[#gone + 1] = id
          changes[#changes + 1] = '-'
          changes[#changes + 1] = id
          changes[#changes + 1] = name
        else
          kept[#kept + 1] = id
          kept[#kept + 1] = left .. '\n' .. name
        end
      end
    end
    calls('HDEL', online, gone)
    calls('HSET', online, kept)
  end
end

-- Numbers, keeps and publishes what changed: kind, id, detail, kind, id, detail … Answers the entry, or false where nothing did.
local function write(epoch, at, changes, seqKey, logKey, channel, logEntries, logChanges)
  local count = #changes / 3
  if count == 0 then return false end
  local last = redis.call('INCRBY', seqKey, count)
  local entry = cjson.encode({ epoch, last - count + 1, at, changes })
  redis.call('XADD', logKey, 'MAXLEN', '~', logEntries, last .. '-0', 'e', entry)
  if last > logChanges then redis.call('XTRIM', logKey, 'MINID', '~', (last - logChanges) .. '-0') end
  redis.call('PUBLISH', channel, entry)
  return entry
end

-- Nobody has beaten for longer than beats can be apart, or the clock went back: Redis' own fault, and nobody's death.
local function isStill(last, at, leaseMs)
  if not last then return false end
  return at - last > leaseMs / 2 or at < last
end
