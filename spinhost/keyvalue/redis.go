package keyvalue

import (
	"context"
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"
)

// maxResult is Spin's limit of a result in bytes.
const maxResult = 128 << 20

// Redis is a store whose keys are those of a Redis database. As in Spin they have no prefix, so
// labels with the same address are the same store. It is safe for concurrent use.
type Redis struct {
	client *redis.Client
}

// NewRedis returns the store at redis://[[user]:password@]host[:port][/number] (rediss:// for
// TLS). It connects on first use.
func NewRedis(address string) (*Redis, error) {
	options, err := redis.ParseURL(address)
	if err != nil {
		return nil, fmt.Errorf("the url of the Redis store: %w", err)
	}
	options.ContextTimeoutEnabled = true
	return &Redis{client: redis.NewClient(options)}, nil
}

// String returns the host and port, without the password of the URL.
func (r *Redis) String() string { return "Redis at " + r.client.Options().Addr }

// Get returns the value of a key and reports whether the key exists.
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

// Set sets or replaces the value of a key.
func (r *Redis) Set(ctx context.Context, key string, value []byte) error {
	return r.client.Set(ctx, key, value, 0).Err()
}

// Delete removes a key, if it exists.
func (r *Redis) Delete(ctx context.Context, key string) error {
	return r.client.Del(ctx, key).Err()
}

// Exists reports whether a key exists.
func (r *Redis) Exists(ctx context.Context, key string) (bool, error) {
	n, err := r.client.Exists(ctx, key).Result()
	return n > 0, err
}

// Keys returns all keys of the Redis database, whoever set them.
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
