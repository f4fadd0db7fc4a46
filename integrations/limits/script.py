"""The step in Redis: count what was granted within each window, grant what is left, write it down.

KEYS: the memory, then one log per window.
ARGV: the id of the memory as the process knows it ("" at first); permits wanted; "1" to begin the
pause anew; the number of grants used late, then for each: its time, how long ago it was used, how
many permits; then per window: limit, length, pause, and how many grants to write down, then for
each: its age, how many. All times are microseconds.

Returns {id, granted, wait, now}: `wait` until at least one more permit, 0 when all were granted.
`granted` is -1, and nothing has happened, when Redis has lost its memory since the process asked
last.

A log is a packed list of triples in any order: first and last time of the grants joined in it, how
many. New grants join the last one.
"""

SCRIPT = """
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local memory = redis.call('HMGET', KEYS[1], 'id', 'since')
local id, since = memory[1], math.min(tonumber(memory[2] or 0), now)
if not id then
  id, since = t[1] .. '.' .. t[2], now
  redis.call('HSET', KEYS[1], 'id', id, 'since', string.format('%.0f', since))
end
if ARGV[1] ~= id then return {id, -1, 0, now} end
if ARGV[3] == '1' then
  since = now
  redis.call('HSET', KEYS[1], 'since', string.format('%.0f', since))
end

local wanted = tonumber(ARGV[2])
local granted = wanted
local a = 4
local late = {}
for i = 1, tonumber(ARGV[a]) do
  late[i] = {tonumber(ARGV[a + 1]), now - tonumber(ARGV[a + 2]), tonumber(ARGV[a + 3])}
  a = a + 3
end
a = a + 1

local windows = {}
for w = 1, #KEYS - 1 do
  local limit, length, pause = tonumber(ARGV[a]), tonumber(ARGV[a + 1]), tonumber(ARGV[a + 2])
  local told = tonumber(ARGV[a + 3])
  a = a + 4
  local log, used = {}, 0
  for _ = 1, told do
    local at, count = now - tonumber(ARGV[a]), tonumber(ARGV[a + 1])
    a = a + 2
    if at + length > now then
      log[#log + 1] = at
      log[#log + 1] = at
      log[#log + 1] = count
      used = used + count
    end
  end
  local raw = redis.call('GET', KEYS[w + 1])
  local held = raw and cmsgpack.unpack(raw) or {}
  for i = 1, #held, 3 do
    local last = math.min(held[i + 1], now)
    if last + length > now and held[i + 2] > 0 then
      log[#log + 1] = held[i]
      log[#log + 1] = last
      log[#log + 1] = held[i + 2]
      used = used + held[i + 2]
    end
  end
  for _, one in ipairs(late) do
    local at, used_at, moved = one[1], one[2], one[3]
    -- Half the allowance of a longer window covers what is late in a shorter one.
    if used_at - at > math.max(25000, length / 102) then
      used = used + moved
      for i = 1, #log, 3 do
        if log[i] <= at and at <= log[i + 1] then
          local found = math.min(moved, log[i + 2])
          log[i + 2] = log[i + 2] - found
          used = used - found
          used_at = math.max(used_at, log[i + 1])
          break
        end
      end
      log[#log + 1] = used_at
      log[#log + 1] = used_at
      log[#log + 1] = moved
    end
  end
  local paused = math.max(0, since + pause - now)
  local room = paused > 0 and 0 or math.max(0, limit - used)
  granted = math.min(granted, room)
  windows[w] = {log, length, room, paused, told + #late > 0}
end

local wait = 0
for w, window in ipairs(windows) do
  local log, length, room, paused, is_changed = unpack(window)
  local n = #log
  if granted > 0 then
    if n > 0 and now - log[n - 2] < length / 50 and now >= log[n - 2] then
      log[n - 1] = now
      log[n] = log[n] + granted
    else
      log[n + 1] = now
      log[n + 2] = now
      log[n + 3] = granted
    end
  end
  if granted > 0 or is_changed then
    redis.call('SET', KEYS[w + 1], cmsgpack.pack(log), 'PX', math.ceil(length / 1000) + 1000)
  end
  if granted < wanted then
    if paused > 0 then
      wait = math.max(wait, paused)
    elseif room <= granted then
      local free = now + length
      for i = 1, #log, 3 do
        if log[i + 2] > 0 then free = math.min(free, log[i + 1] + length) end
      end
      wait = math.max(wait, free - now)
    end
  end
end
return {id, granted, wait, now}
"""
