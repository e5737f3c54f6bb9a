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
	VariableRuntime = "FRIDAYGATE_RUNTIME"        // container (the default), process, or name=url,name=url
	VariableTimeout = "FRIDAYGATE_DOCKER_TIMEOUT" // Runtime.EngineTimeout, such as 5m
	variableRyuk    = "TESTCONTAINERS_RYUK_DISABLED"
	variableHub     = "TESTCONTAINERS_HUB_IMAGE_NAME_PREFIX"
)

// FromEnvironment returns the runtime that FRIDAYGATE_RUNTIME names. Call it from TestMain, with os.Getenv and os.Setenv,
// before anything else of testcontainers. For containers it also removes what crashed runs left behind, silences
// testcontainers' log, and disables its reaper, through testcontainers' own variable, where the reaper's image is neither
// present nor can be pulled.
func FromEnvironment(ctx context.Context, getenv func(string) string, setenv func(key, value string) error) (providers.Runtime, error) {
	switch chosen := getenv(VariableRuntime); chosen {
	case "process":
		return providers.Process{}, nil
	case "", "container":
	default:
		urls, err := providers.ParseURLs(chosen)
		if err != nil {
			return nil, fmt.Errorf("%s=%s: want container, process, or the URLs of running services as NAME=URL,NAME=URL: %w",
				VariableRuntime, chosen, err)
		}
		return urls, nil
	}
	r := &Runtime{Images: ImagesFrom(getenv)}
	if text := getenv(VariableTimeout); text != "" {
		limit, err := time.ParseDuration(text)
		if err != nil || limit <= 0 {
			return nil, fmt.Errorf("%s=%s: want a duration, such as 5m", VariableTimeout, text)
		}
		r.EngineTimeout = limit
	}
	log.SetDefault(quiet{})
	if getenv(variableRyuk) == "" && getenv(variableHub) == "" && reaperMissing(ctx) {
		if err := setenv(variableRyuk, "true"); err != nil {
			return nil, err
		}
	}
	if err := r.Sweep(ctx); err != nil {
		return nil, err
	}
	return r, nil
}

// reaperTimeout is how long pulling the reaper's image may take before the reaper is disabled.
const reaperTimeout = 20 * time.Second

// reaperMissing reports whether testcontainers would fail for want of its reaper's image. It returns false if
// Docker does not answer: testcontainers reports that.
func reaperMissing(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, reaperTimeout)
	defer cancel()
	docker, err := client.New(client.FromEnv)
	if err != nil {
		return false
	}
	e := &engine{client: docker, limit: reaperTimeout}
	image := testcontainers.ReaperDefaultImage //nolint:staticcheck // deprecated, and without a successor
	present, err := e.present(ctx, image)
	// Without credentials: looking for them makes testcontainers read its variables, before they are set.
	missing := err == nil && !present && e.pull(ctx, image, client.ImagePullOptions{}) != nil
	return docker.Close() == nil && missing
}
