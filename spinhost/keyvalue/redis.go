package keyvalue

import (
	"context"
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"
)

// maxResult is the most that Spin gives a guest at once, in bytes.
const maxResult = 128 << 20

// Redis is a store whose keys are the keys of a Redis database: as in Spin they
// have no prefix, so every label with the same address is the same store. It is
// safe for concurrent use.
type Redis struct {
	client *redis.Client
}

// NewRedis makes the store behind redis://[[user]:password@]host[:port][/number]
// (rediss:// for TLS), the url of Spin's runtime configuration. It connects
// when it is used.
func NewRedis(url string) (*Redis, error) {
	options, err := redis.ParseURL(url)
	if err != nil {
		return nil, fmt.Errorf("the url of the Redis store: %w", err)
	}
	options.ContextTimeoutEnabled = true
	return &Redis{client: redis.NewClient(options)}, nil
}

// String tells where the store is, without the password that the url may hold.
func (r *Redis) String() string { return "Redis at " + r.client.Options().Addr }

// Get returns the value of a key and whether there is one.
func (r *Redis) Get(ctx context.Context, key string) (value []byte, found bool, err error) {
	value, err = r.client.Get(ctx, key).Bytes()
	switch {
	case errors.Is(err, redis.Nil):
		return nil, false, nil
	case err != nil:
		return nil, false, err
	case len(value) > maxResult:
		return nil, false, errTooMuch
	}
	return value, true, nil
}

// Set gives a key a value, in place of any that it had.
func (r *Redis) Set(ctx context.Context, key string, value []byte) error {
	return r.client.Set(ctx, key, value, 0).Err()
}

// Delete removes a key; that there is none is no error.
func (r *Redis) Delete(ctx context.Context, key string) error {
	return r.client.Del(ctx, key).Err()
}

// Exists tells whether a key has a value.
func (r *Redis) Exists(ctx context.Context, key string) (bool, error) {
	n, err := r.client.Exists(ctx, key).Result()
	return n > 0, err
}

// Keys lists the keys of the Redis database, whoever wrote them.
func (r *Redis) Keys(ctx context.Context) ([]string, error) {
	keys, err := r.client.Keys(ctx, "*").Result()
	if err != nil {
		return nil, err
	}
	size := 0
	for _, key := range keys {
		if size += len(key); size > maxResult {
			return nil, errTooMuch
		}
	}
	return keys, nil
}

// Close closes the connections.
func (r *Redis) Close() error {
	return r.client.Close()
}
