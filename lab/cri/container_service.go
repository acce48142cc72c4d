package cri

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	api "k8s.io/cri-api/pkg/apis/runtime/v1"
)

// CreateContainer prepares a container, and opens its log.
func (r *Runtime) CreateContainer(
	_ context.Context, request *api.CreateContainerRequest,
) (*api.CreateContainerResponse, error) {
	s, err := r.findSandbox(request.PodSandboxId)
	if err != nil {
		return nil, err
	}
	c, err := r.newContainer(s, request.Config)
	if err != nil {
		return nil, err
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.containers[c.id] = c
	return &api.CreateContainerResponse{ContainerId: c.id}, nil
}

func (r *Runtime) newContainer(s *sandbox, config *api.ContainerConfig) (*container, error) {
	if config.GetMetadata() == nil {
		return nil, status.Error(codes.InvalidArgument, "the configuration of a container has no metadata")
	}
	image, ok := r.findImage(config.GetImage().GetImage())
	if !ok {
		return nil, status.Errorf(codes.NotFound, "image %s has not been pulled", config.GetImage().GetImage())
	}
	program, err := r.options.Program(image)
	if err != nil {
		return nil, fmt.Errorf("image %s: %w", image, err)
	}
	id := newID()
	c := &container{
		id: id, sandbox: s, config: config, image: image, folder: r.folder(id), created: time.Now(),
		ended: make(chan struct{}),
	}
	if c.spec, err = newProcessSpec(s.hostname(), config, program); err != nil {
		return nil, status.Error(codes.InvalidArgument, err.Error())
	}
	c.root = newRootSpec(c.folder, s, config, program)
	if err := os.MkdirAll(c.folder, 0o755); err != nil {
		return nil, fmt.Errorf("folder of the container: %w", err)
	}
	log := ""
	if config.LogPath != "" {
		log = filepath.Join(s.config.LogDirectory, config.LogPath)
	}
	if c.output, err = newOutput(log); err != nil {
		return nil, errors.Join(err, os.RemoveAll(c.folder))
	}
	return c, nil
}

func (r *Runtime) findContainer(id string) (*container, error) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if c, ok := r.containers[id]; ok {
		return c, nil
	}
	return nil, status.Errorf(codes.NotFound, "there is no container %q", id)
}

// StartContainer starts a container, and returns when its program runs.
func (r *Runtime) StartContainer(
	_ context.Context, request *api.StartContainerRequest,
) (*api.StartContainerResponse, error) {
	c, err := r.findContainer(request.ContainerId)
	if err != nil {
		return nil, err
	}
	var target *container
	if o := c.config.GetLinux().GetSecurityContext().GetNamespaceOptions(); o.GetPid() == api.NamespaceMode_TARGET {
		if target, err = r.findContainer(o.TargetId); err != nil {
			return nil, err
		}
	}
	c.sandbox.removal.RLock()
	defer c.sandbox.removal.RUnlock()
	if !c.sandbox.isReady() {
		return nil, fmt.Errorf("pod sandbox %s is stopped", c.sandbox.id)
	}
	if err := c.start(target); err != nil {
		return nil, err
	}
	return &api.StartContainerResponse{}, nil
}

// StopContainer ends a container, with the grace period of the request.
func (r *Runtime) StopContainer(
	ctx context.Context, request *api.StopContainerRequest,
) (*api.StopContainerResponse, error) {
	if c, err := r.findContainer(request.ContainerId); err == nil {
		if err := c.stop(ctx, time.Duration(request.Timeout)*time.Second); err != nil {
			return nil, err
		}
	}
	return &api.StopContainerResponse{}, nil
}

// RemoveContainer ends and removes a container.
func (r *Runtime) RemoveContainer(
	_ context.Context, request *api.RemoveContainerRequest,
) (*api.RemoveContainerResponse, error) {
	if c, err := r.findContainer(request.ContainerId); err == nil {
		if err := r.removeContainer(c); err != nil {
			return nil, err
		}
	}
	return &api.RemoveContainerResponse{}, nil
}

func (r *Runtime) removeContainer(c *container) error {
	c.kill()
	if err := c.delete(); err != nil {
		return fmt.Errorf("files of container %s: %w", c.id, err)
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	delete(r.containers, c.id)
	return nil
}

// ListContainers returns the containers that match a filter, ended ones too.
func (r *Runtime) ListContainers(
	_ context.Context, request *api.ListContainersRequest,
) (*api.ListContainersResponse, error) {
	response := &api.ListContainersResponse{}
	for _, c := range r.allContainers() {
		filter, item := request.GetFilter(), c.describe()
		if matches(filter.GetId(), c.id) && matches(filter.GetPodSandboxId(), c.sandbox.id) &&
			hasLabels(c.config.Labels, filter.GetLabelSelector()) &&
			(filter.GetState() == nil || filter.State.State == item.State) {
			response.Containers = append(response.Containers, item)
		}
	}
	return response, nil
}

func (c *container) describe() *api.Container {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return &api.Container{
		Id: c.id, PodSandboxId: c.sandbox.id, Metadata: c.config.Metadata,
		State: c.state, CreatedAt: c.created.UnixNano(),
		Image: &api.ImageSpec{Image: c.image}, ImageRef: imageID(c.image), ImageId: imageID(c.image),
		Labels: c.config.Labels, Annotations: c.config.Annotations,
	}
}

// ContainerStatus returns the state of a container.
func (r *Runtime) ContainerStatus(
	_ context.Context, request *api.ContainerStatusRequest,
) (*api.ContainerStatusResponse, error) {
	c, err := r.findContainer(request.ContainerId)
	if err != nil {
		return nil, err
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	answer := &api.ContainerStatus{
		Id: c.id, Metadata: c.config.Metadata, State: c.state,
		CreatedAt: c.created.UnixNano(), StartedAt: unixNano(c.started), FinishedAt: unixNano(c.finished),
		ExitCode: c.exitCode, Reason: c.reason, Message: c.message,
		Image: &api.ImageSpec{Image: c.image}, ImageRef: imageID(c.image), ImageId: imageID(c.image),
		Labels: c.config.Labels, Annotations: c.config.Annotations, Mounts: c.config.Mounts, LogPath: c.output.path,
		Resources: &api.ContainerResources{Linux: c.config.GetLinux().GetResources()}, StopSignal: c.config.StopSignal,
	}
	return &api.ContainerStatusResponse{Status: answer}, nil
}

// unixNano returns 0 for no time.
func unixNano(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

// UpdateContainerResources accepts limits, which the runtime does not enforce.
func (r *Runtime) UpdateContainerResources(
	_ context.Context, request *api.UpdateContainerResourcesRequest,
) (*api.UpdateContainerResourcesResponse, error) {
	c, err := r.findContainer(request.ContainerId)
	if err != nil {
		return nil, err
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.config.Linux == nil {
		c.config.Linux = &api.LinuxContainerConfig{}
	}
	c.config.Linux.Resources = request.Linux
	return &api.UpdateContainerResourcesResponse{}, nil
}

// UpdatePodSandboxResources accepts limits, which the runtime does not enforce.
func (r *Runtime) UpdatePodSandboxResources(
	context.Context, *api.UpdatePodSandboxResourcesRequest,
) (*api.UpdatePodSandboxResourcesResponse, error) {
	return &api.UpdatePodSandboxResourcesResponse{}, nil
}

// ReopenContainerLog opens the log of a running container again, after the kubelet has rotated it.
func (r *Runtime) ReopenContainerLog(
	_ context.Context, request *api.ReopenContainerLogRequest,
) (*api.ReopenContainerLogResponse, error) {
	c, err := r.findContainer(request.ContainerId)
	if err != nil {
		return nil, err
	}
	if _, err := c.running(); err != nil {
		return nil, err
	}
	if err := c.output.reopen(); err != nil {
		return nil, err
	}
	return &api.ReopenContainerLogResponse{}, nil
}
