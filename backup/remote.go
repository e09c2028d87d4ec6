package backup

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// A RemoteConfig names a store off the machine that speaks S3.
type RemoteConfig struct {
	Endpoint  string // an address: https://s3.example.com
	Region    string // "" lets the store say
	Bucket    string
	Prefix    string // before each name, such as lwc/; "" for none
	AccessKey string
	SecretKey string
}

// A Remote keeps copies in a store that speaks S3.
type Remote struct {
	client         *minio.Client
	bucket, prefix string
}

// NewRemote returns the store that c names. It asks nobody yet.
func NewRemote(c RemoteConfig) (*Remote, error) {
	u, err := url.Parse(c.Endpoint)
	if err != nil {
		return nil, err
	}
	client, err := minio.New(u.Host, &minio.Options{Secure: u.Scheme == "https", Region: c.Region,
		Creds: credentials.NewStaticV4(c.AccessKey, c.SecretKey, ""), MaxRetries: 3})
	if err != nil {
		return nil, err
	}
	return &Remote{client: client, bucket: c.Bucket, prefix: c.Prefix}, nil
}

// awayTime bounds how long sending one copy may take.
const awayTime = 2 * time.Hour

// send puts a file and its sum into the store, and reads the file back: what is there is what was sent.
func (r *Remote) send(ctx context.Context, file string) error {
	ctx, cancel := context.WithTimeout(ctx, awayTime)
	defer cancel()
	want, _, err := sumOf(file)
	if err != nil {
		return err
	}
	key := r.prefix + path.Base(file)
	for _, ending := range []string{"", SumEnding} {
		if _, err := r.client.FPutObject(ctx, r.bucket, key+ending, file+ending, minio.PutObjectOptions{ContentType: "application/octet-stream"}); err != nil {
			return fmt.Errorf("send %s: %w", key+ending, err)
		}
	}
	got, err := r.sum(ctx, key)
	if err == nil && got != want {
		err = errors.New("what came back is not what was sent")
	}
	if err != nil {
		return fmt.Errorf("read %s back: %w", key, err)
	}
	return nil
}

func (r *Remote) sum(ctx context.Context, key string) (string, error) {
	o, err := r.client.GetObject(ctx, r.bucket, key, minio.GetObjectOptions{})
	if err != nil {
		return "", err
	}
	h := sha256.New()
	_, err = io.Copy(h, o)
	return hexOf(h), errors.Join(err, o.Close())
}

// list returns the copies in the store.
func (r *Remote) list(ctx context.Context) ([]Copy, error) {
	var all []Copy
	for o := range r.client.ListObjects(ctx, r.bucket, minio.ListObjectsOptions{Prefix: r.prefix}) {
		if o.Err != nil {
			return nil, fmt.Errorf("list the copies: %w", o.Err)
		}
		if c, ok := parseName(strings.TrimPrefix(o.Key, r.prefix)); ok {
			c.Size = o.Size
			all = append(all, c)
		}
	}
	return all, nil
}

// tidy removes the copies whose time is over.
func (r *Remote) tidy(ctx context.Context, loc *time.Location) error {
	all, err := r.list(ctx)
	if err != nil {
		return err
	}
	for _, c := range Doomed(all, loc) {
		for _, ending := range []string{"", SumEnding} {
			if err := r.client.RemoveObject(ctx, r.bucket, r.prefix+c.Name+ending, minio.RemoveObjectOptions{}); err != nil {
				return fmt.Errorf("remove %s: %w", c.Name, err)
			}
		}
	}
	return nil
}
