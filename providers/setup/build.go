package setup

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Bounds of the image step.
const (
	pullTimeout  = 3 * time.Minute
	buildTimeout = 15 * time.Minute
)

// Provide returns the name of an image that is on this machine afterwards, and how it got there. chosen is what the
// image's variable says: then it is that one. Else it is the official image if it is here, the local one if it is
// here, the official one if it can be pulled, and at last the local one, built, if there is one. The container runtime
// chooses in the same order, so no variable needs to be set.
func (m Machine) Provide(ctx context.Context, image Image, chosen string) (name, how string, err error) {
	if name, err = m.FindImage(ctx, image, chosen); err == nil {
		return name, "present", nil
	}
	if ctx.Err() != nil {
		return "", "", ctx.Err()
	}
	name = image.Official
	if chosen != "" {
		name = chosen
	}
	m.say("pulling %s", name)
	pulled := m.pull(ctx, name)
	switch {
	case pulled == nil:
		return name, "pulled", nil
	case chosen != "":
		return "", "", fmt.Errorf("%s=%s: the image is not on this machine, and cannot be pulled: %w", image.Variable, chosen, pulled)
	case image.Local == "":
		return "", "", fmt.Errorf("the image %s is not on this machine, and cannot be pulled: %w; make its registry reachable, "+
			"or set %s to an image that this machine has, or can pull", name, pulled, image.Variable)
	case !m.installs():
		return "", "", fmt.Errorf("the image %s cannot be pulled (%w); make its registry reachable, or name an image that this machine has, "+
			"or can pull, with %s; as root on Debian, this command builds one", name, pulled, image.Variable)
	}
	m.say("%s cannot be pulled; building %s from Debian's packages, once", name, image.Local)
	if err := m.build(ctx, image); err != nil {
		return "", "", fmt.Errorf("build the image %s, as %s cannot be pulled: %w", image.Local, name, err)
	}
	return image.Local, "built from Debian's packages", nil
}

// FindImage returns the name under which an image is on this machine. It pulls and builds nothing. chosen is what the image's
// variable says: then it is that one.
func (m Machine) FindImage(ctx context.Context, image Image, chosen string) (name string, err error) {
	candidates := image.Names()
	if chosen != "" {
		candidates = []string{chosen}
	}
	for _, name := range candidates {
		if m.present(ctx, name) {
			return name, nil
		}
	}
	if chosen != "" {
		return "", fmt.Errorf("%s=%s: the image is not on this machine", image.Variable, chosen)
	}
	return "", fmt.Errorf("the image %s is not on this machine: docker pull %s, or set %s to one that is",
		image.Official, image.Official, image.Variable)
}

func (m Machine) present(ctx context.Context, name string) bool {
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	_, err := run(ctx, "docker", "image", "inspect", "--format", "{{.Id}}", name)
	return err == nil
}

func (m Machine) pull(ctx context.Context, name string) error {
	ctx, cancel := context.WithTimeout(ctx, pullTimeout)
	defer cancel()
	_, err := run(ctx, "docker", "pull", "--quiet", name)
	return err
}

//go:embed images
var images embed.FS

// root is the image with all the Debian packages, which the local images are made from.
const root = "fridaygate-local/debian:bookworm"

// build makes a local image: Debian's packages, and an entry point that takes the official image's variables.
func (m Machine) build(ctx context.Context, image Image) (err error) {
	ctx, cancel := context.WithTimeout(ctx, buildTimeout)
	defer cancel()
	folder, err := os.MkdirTemp("", "fridaygate-image-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	if !m.present(ctx, root) {
		if err := m.buildRoot(ctx, filepath.Join(folder, "root.tar")); err != nil {
			return err
		}
	}
	from := filepath.Join(folder, "context")
	if err := os.CopyFS(from, images); err != nil {
		return err
	}
	from = filepath.Join(from, "images")
	_, err = run(ctx, "docker", "build", "--quiet", "--tag", image.Local, "--file", filepath.Join(from, "Dockerfile."+image.Name), from)
	return err
}

// buildRoot makes the image with the Debian packages.
func (m Machine) buildRoot(ctx context.Context, file string) error {
	if missing("mmdebstrap") {
		if err := m.aptInstall(ctx, "mmdebstrap"); err != nil {
			return err
		}
	}
	_, err := run(ctx, "mmdebstrap", "--quiet", "--variant=minbase", "--include=postgresql-15,redis-server",
		"--dpkgopt=path-exclude=/usr/share/doc/*", "--dpkgopt=path-exclude=/usr/share/man/*", "--dpkgopt=path-exclude=/usr/share/locale/*",
		"bookworm", file)
	if err != nil {
		return err
	}
	_, err = run(ctx, "docker", "import", file, root)
	return err
}
