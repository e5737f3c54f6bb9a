package container

import (
	"context"
	"fmt"
	"time"

	"github.com/moby/moby/client"
	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/log"

	"github.com/fridaygate/fridaygate/providers"
)

// Variables that FromEnvironment reads, besides those of ImagesFrom.
const (
	VariableRuntime = "FRIDAYGATE_RUNTIME" // container (the default), process, or name=url,name=url
	variableRyuk    = "TESTCONTAINERS_RYUK_DISABLED"
	variableHub     = "TESTCONTAINERS_HUB_IMAGE_NAME_PREFIX"
)

// FromEnvironment is what a suite's TestMain calls, with os.Getenv and os.Setenv: it gives the runtime that
// FRIDAYGATE_RUNTIME chooses. For containers it also sweeps what crashed runs left behind, and prepares testcontainers:
// its reaper is switched off where its image is not present and cannot be pulled, which testcontainers takes from a
// variable only, and its chatter is. It must be called before anything else of testcontainers.
func FromEnvironment(ctx context.Context, getenv func(string) string, setenv func(key, value string) error) (providers.Runtime, error) {
	switch chosen := getenv(VariableRuntime); chosen {
	case "process":
		return providers.Process{}, nil
	case "", "container":
	default:
		urls, err := providers.ParseURLs(chosen)
		if err != nil {
			return nil, fmt.Errorf("%s=%s: want container, process, or the URLs of running services as NAME=URL,NAME=URL: %w", VariableRuntime, chosen, err)
		}
		return urls, nil
	}
	log.SetDefault(quiet{})
	if getenv(variableRyuk) == "" && getenv(variableHub) == "" && reaperMissing(ctx) {
		if err := setenv(variableRyuk, "true"); err != nil {
			return nil, err
		}
	}
	if err := Sweep(ctx); err != nil {
		return nil, err
	}
	return &Runtime{Images: ImagesFrom(getenv)}, nil
}

// reaperTimeout is how long pulling the reaper's image may take before the reaper is done without.
const reaperTimeout = 20 * time.Second

// reaperMissing tells whether testcontainers would fail on the image of its reaper. Where Docker itself does not
// answer here, it leaves the matter to testcontainers.
func reaperMissing(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, reaperTimeout)
	defer cancel()
	docker, err := client.New(client.FromEnv)
	if err != nil {
		return false
	}
	e := &engine{client: docker}
	image := testcontainers.ReaperDefaultImage //nolint:staticcheck // deprecated, and without a successor
	present, err := e.present(ctx, image)
	// Without credentials: looking for them makes testcontainers read its variables, before they are set.
	missing := err == nil && !present && e.pull(ctx, image, client.ImagePullOptions{}) != nil
	return docker.Close() == nil && missing
}
