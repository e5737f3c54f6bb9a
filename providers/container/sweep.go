package container

import (
	"context"
	"errors"
	"os"
	"strconv"
	"syscall"
	"time"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/client"
)

// imageAge is how long the unused image of a service is kept.
const imageAge = 24 * time.Hour

// Sweep removes what runs that crashed left behind: the containers and networks of processes of this machine that have
// ended, and images of services that are a day old. What belongs to a living process stays, so it may be called at any
// time.
func (r *Runtime) Sweep(ctx context.Context) error {
	e, err := connect(ctx, r.EngineTimeout)
	if err != nil {
		return err
	}
	return e.call(ctx, "remove what earlier runs left behind", e.sweep)
}

func (e *engine) sweep(ctx context.Context) error {
	host, err := here()
	if err != nil {
		return err
	}
	ours := make(client.Filters).Add("label", labelHost+"="+host)
	var failed []error
	containers, err := e.client.ContainerList(ctx, client.ContainerListOptions{All: true, Filters: ours})
	failed = append(failed, err)
	for _, c := range containers.Items {
		if ownerEnded(c.Labels) {
			_, err := e.client.ContainerRemove(ctx, c.ID, client.ContainerRemoveOptions{Force: true, RemoveVolumes: true})
			failed = append(failed, swept(err))
		}
	}
	networks, err := e.client.NetworkList(ctx, client.NetworkListOptions{Filters: ours})
	failed = append(failed, err)
	for _, n := range networks.Items {
		if ownerEnded(n.Labels) {
			_, err := e.client.NetworkRemove(ctx, n.ID, client.NetworkRemoveOptions{})
			failed = append(failed, swept(err))
		}
	}
	images, err := e.client.ImageList(ctx, client.ImageListOptions{Filters: make(client.Filters).Add("label", labelImage)})
	failed = append(failed, err)
	for _, image := range images.Items {
		if time.Since(time.Unix(image.Created, 0)) > imageAge {
			_, err := e.client.ImageRemove(ctx, image.ID, client.ImageRemoveOptions{})
			failed = append(failed, swept(err))
		}
	}
	return errors.Join(failed...)
}

// ownerEnded reports whether the process that labels name has ended.
func ownerEnded(labels map[string]string) bool {
	pid, err := strconv.Atoi(labels[labelOwner])
	return err == nil && !alive(pid)
}

func alive(pid int) bool {
	process, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	err = process.Signal(syscall.Signal(0))
	return !errors.Is(err, os.ErrProcessDone) && !errors.Is(err, syscall.ESRCH)
}

// swept returns nil for the errors of what is gone already, in use, or being removed by another process.
func swept(err error) error {
	if errdefs.IsNotFound(err) || errdefs.IsConflict(err) {
		return nil
	}
	return err
}
