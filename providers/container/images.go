package container

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/api/pkg/authconfig"
	"github.com/moby/moby/api/types/registry"
	"github.com/moby/moby/client"
	"github.com/testcontainers/testcontainers-go"

	"github.com/fridaygate/fridaygate/providers/setup"
)

// Images names the images of what a service needs. An empty name means: the official image if it is on this machine,
// else the one that "fridaygate setup" builds where no registry can be reached (there is none of the Pact Broker), else
// the official image, pulled.
type Images struct {
	Postgres, Redis, PactBroker string
}

// ImagesFrom reads FRIDAYGATE_IMAGE_POSTGRES, FRIDAYGATE_IMAGE_REDIS and FRIDAYGATE_IMAGE_PACT_BROKER.
func ImagesFrom(getenv func(string) string) Images {
	return Images{
		Postgres: getenv(setup.Postgres.Variable), Redis: getenv(setup.Redis.Variable),
		PactBroker: getenv(setup.PactBroker.Variable),
	}
}

// image returns the name of an image that this machine has, in the order that Images documents.
func (e *engine) image(ctx context.Context, chosen string, image setup.Image) (string, error) {
	candidates := []string{chosen}
	if chosen == "" {
		candidates = image.Names()
	}
	for _, name := range candidates {
		present, err := e.present(ctx, name)
		if present || err != nil {
			return name, err
		}
	}
	name := cmp.Or(chosen, image.Official)
	options, err := e.credentialsFor(ctx, name)
	if err == nil {
		err = e.pull(ctx, name, options)
	}
	switch {
	case err == nil:
		return name, nil
	case image.Local == "":
		return "",
			fmt.Errorf("the image %s is not on this machine, and cannot be pulled: %w; set %s to an image that this machine has, or can pull",
				name, err, image.Variable)
	default:
		return "", fmt.Errorf("the image %s is not on this machine, and cannot be pulled: %w; run: fridaygate setup --only images, "+
			"or name another image with %s",
			name, err, image.Variable)
	}
}

func (e *engine) present(ctx context.Context, name string) (bool, error) {
	err := e.call(ctx, "look for the image "+name, func(ctx context.Context) error {
		_, err := e.client.ImageInspect(ctx, name)
		return err
	})
	if errdefs.IsNotFound(err) {
		return false, nil
	}
	return err == nil, err
}

// pullTimeout bounds the download of one image.
const pullTimeout = 10 * time.Minute

// pull tries once.
func (e *engine) pull(ctx context.Context, name string, options client.ImagePullOptions) error {
	return call(ctx, pullTimeout, "run: docker pull "+name, "pull it", func(ctx context.Context) error {
		response, err := e.client.ImagePull(ctx, name, options)
		if err != nil {
			return err
		}
		return response.Wait(ctx)
	})
}

// credentialsFor are those of the user's Docker configuration. Without any, it may be a public image.
func (e *engine) credentialsFor(ctx context.Context, name string) (options client.ImagePullOptions, err error) {
	var auth registry.AuthConfig
	err = e.call(ctx, "ask for its registry", func(ctx context.Context) (err error) {
		_, auth, err = testcontainers.DockerImageAuth(ctx, name)
		return err
	})
	switch {
	case errors.Is(err, ErrEngineSilent):
		return options, err
	case err != nil:
		return options, nil
	}
	options.RegistryAuth, err = authconfig.Encode(auth)
	return options, err
}
