/**
 * The steps of a store that Redis takes as one each. Records are the fields of one hash, so that a whole store can
 * be read as one step; their keys stand in a sorted set with equal scores, which Redis orders by bytes, and so by
 * code points. KEYS: the hash, the sorted set.
 */
export const REDIS_SCRIPTS = {
  /**
   * ARGV: how many keys were seen; for each its key, "1" or "0" (nothing there), its text; then the changes, each
   * as key, "1" or "0" (delete), text. Returns 1, or 0 when something seen has changed.
   */
  clozeCommit: `
    local at = 2
    for _ = 1, tonumber(ARGV[1]) do
      local text = redis.call('HGET', KEYS[1], ARGV[at])
      if ARGV[at + 1] == '1' then
        if text ~= ARGV[at + 2] then return 0 end
      elseif text then
        return 0
      end
      at = at + 3
    end
    while at <= #ARGV do
      if ARGV[at + 1] == '1' then
        redis.call('HSET', KEYS[1], ARGV[at], ARGV[at + 2])
        redis.call('ZADD', KEYS[2], 0, ARGV[at])
      else
        redis.call('HDEL', KEYS[1], ARGV[at])
        redis.call('ZREM', KEYS[2], ARGV[at])
      end
      at = at + 3
    end
    return 1`,
  /** ARGV: a key. Returns how many records were there. */
  clozeDelete: `
    redis.call('ZREM', KEYS[2], ARGV[1])
    return redis.call('HDEL', KEYS[1], ARGV[1])`,
  /** ARGV: lower end, upper end, how many at most. Returns key, text, key, text … */
  clozePage: `
    local rows = {}
    for _, key in ipairs(redis.call('ZRANGEBYLEX', KEYS[2], ARGV[1], ARGV[2], 'LIMIT', 0, ARGV[3])) do
      rows[#rows + 1] = key
      rows[#rows + 1] = redis.call('HGET', KEYS[1], key)
    end
    return rows`,
  /** ARGV: lower end, upper end. Deletes everything between. */
  clozeClear: `
    for _, key in ipairs(redis.call('ZRANGEBYLEX', KEYS[2], ARGV[1], ARGV[2])) do
      redis.call('HDEL', KEYS[1], key)
    end
    return redis.call('ZREMRANGEBYLEX', KEYS[2], ARGV[1], ARGV[2])`,
} as const;
