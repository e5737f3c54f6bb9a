package container

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/moby/moby/client"
	"github.com/testcontainers/testcontainers-go"

	"github.com/fridaygate/fridaygate/providers"
)

//go:embed Dockerfile.service
var dockerfile []byte

// builder makes the images of services, each package once.
type builder struct {
	mu   sync.Mutex
	done map[string]string // package -> image
}

// image returns the image of a service, and builds it if it is missing.
func (b *builder) image(ctx context.Context, e *engine, dir string, spec providers.Spec) (string, error) {
	b.mu.Lock() // one build at a time: the compiler uses every core
	defer b.mu.Unlock()
	if name, ok := b.done[spec.Package]; ok && spec.Package != "" {
		return name, nil
	}
	binary, err := readBinary(ctx, e.arch, dir, spec)
	if err != nil {
		return "", err
	}
	name, err := e.buildImage(ctx, spec.Name, binary)
	if err != nil {
		return "", fmt.Errorf("build the image of %s: %w", spec.Name, err)
	}
	if b.done == nil {
		b.done = map[string]string{}
	}
	b.done[spec.Package] = name
	return name, nil
}

// readBinary returns the binary of a service, built if it must be.
func readBinary(ctx context.Context, arch, dir string, spec providers.Spec) (binary []byte, err error) {
	if spec.Binary != "" {
		return os.ReadFile(spec.Binary)
	}
	folder, err := os.MkdirTemp("", "fridaygate-"+spec.Name+"-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	file := filepath.Join(folder, spec.Name)
	if err := (providers.Build{Package: spec.Package, Dir: dir, GOOS: "linux", GOARCH: arch}).Run(ctx, file); err != nil {
		return nil, err
	}
	return os.ReadFile(file)
}

// buildImage builds the image of a binary, unless it is there already.
func (e *engine) buildImage(ctx context.Context, name string, binary []byte) (string, error) {
	digest := sha256.New()
	_, _ = digest.Write(dockerfile) // a hash takes every write
	_, _ = digest.Write(binary)
	repository, tag := "fridaygate/"+name, hex.EncodeToString(digest.Sum(nil))[:16]
	image := repository + ":" + tag
	if present, err := e.present(ctx, image); present || err != nil {
		return image, err
	}
	files, err := buildContext(binary)
	if err != nil {
		return "", err
	}
	request := &testcontainers.ContainerRequest{FromDockerfile: testcontainers.FromDockerfile{
		ContextArchive: files, Repo: repository, Tag: tag, KeepImage: true,
		BuildOptionsModifier: func(o *client.ImageBuildOptions) { o.Labels = map[string]string{labelImage: name} },
	}}
	err = e.call(ctx, "build the image "+image, func(ctx context.Context) error {
		_, err := e.docker.BuildImage(ctx, request)
		return err
	})
	return image, err
}

// buildContext is the archive that the image is built from: the Dockerfile, and the root of its file system.
func buildContext(binary []byte) (*bytes.Reader, error) {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, file := range []struct {
		header tar.Header
		body   []byte
	}{
		{tar.Header{Name: "Dockerfile", Mode: 0o644}, dockerfile},
		{tar.Header{Name: "root/", Mode: 0o755, Typeflag: tar.TypeDir}, nil},
		{tar.Header{Name: "root/tmp/", Mode: 0o1777, Typeflag: tar.TypeDir}, nil},
		{tar.Header{Name: "root/service", Mode: 0o755}, binary},
	} {
		file.header.Size = int64(len(file.body))
		if err := w.WriteHeader(&file.header); err != nil {
			return nil, err
		}
		if _, err := w.Write(file.body); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return bytes.NewReader(b.Bytes()), nil
}
