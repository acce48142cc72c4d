package cri

import (
	"context"
	"errors"
	"fmt"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	api "k8s.io/cri-api/pkg/apis/runtime/v1"
)

// RunPodSandbox creates the namespaces of a pod and connects it to the network.
func (r *Runtime) RunPodSandbox(
	ctx context.Context, request *api.RunPodSandboxRequest,
) (*api.RunPodSandboxResponse, error) {
	if request.GetConfig().GetMetadata() == nil {
		return nil, status.Error(codes.InvalidArgument, "the configuration of a pod sandbox has no metadata")
	}
	id := newID()
	s := &sandbox{id: id, nodeName: r.options.Name, config: request.Config, folder: r.folder(id), created: time.Now()}
	if err := checkNamespaceOptions(s.namespaceOptions()); err != nil {
		return nil, status.Error(codes.InvalidArgument, err.Error())
	}
	if err := s.create(ctx, r.options.Network, r.options.Pods); err != nil {
		if cleanup := s.delete(context.WithoutCancel(ctx), r.options.Pods); cleanup != nil {
			r.addSandbox(s) // the kubelet removes it later
			err = errors.Join(err, cleanup)
		}
		return nil, err
	}
	s.setReady(true)
	r.addSandbox(s)
	return &api.RunPodSandboxResponse{PodSandboxId: id}, nil
}

func (r *Runtime) addSandbox(s *sandbox) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.sandboxes[s.id] = s
}

func (r *Runtime) findSandbox(id string) (*sandbox, error) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if s, ok := r.sandboxes[id]; ok {
		return s, nil
	}
	return nil, status.Errorf(codes.NotFound, "there is no pod sandbox %q", id)
}

// StopPodSandbox kills the containers of a pod, and disconnects it.
func (r *Runtime) StopPodSandbox(
	ctx context.Context, request *api.StopPodSandboxRequest,
) (*api.StopPodSandboxResponse, error) {
	if s, err := r.findSandbox(request.PodSandboxId); err == nil {
		if err := r.stopSandbox(ctx, s); err != nil {
			return nil, err
		}
	}
	return &api.StopPodSandboxResponse{}, nil
}

func (r *Runtime) stopSandbox(ctx context.Context, s *sandbox) error {
	s.removal.Lock()
	defer s.removal.Unlock()
	s.setReady(false)
	for _, c := range r.containersOf(s) {
		c.kill()
	}
	return s.delete(ctx, r.options.Pods)
}

func (r *Runtime) containersOf(s *sandbox) (all []*container) {
	for _, c := range r.allContainers() {
		if c.sandbox == s {
			all = append(all, c)
		}
	}
	return all
}

// RemovePodSandbox removes a pod with its containers.
func (r *Runtime) RemovePodSandbox(
	ctx context.Context, request *api.RemovePodSandboxRequest,
) (*api.RemovePodSandboxResponse, error) {
	if s, err := r.findSandbox(request.PodSandboxId); err == nil {
		if err := r.removeSandbox(ctx, s); err != nil {
			return nil, err
		}
	}
	return &api.RemovePodSandboxResponse{}, nil
}

func (r *Runtime) removeSandbox(ctx context.Context, s *sandbox) error {
	if err := r.stopSandbox(ctx, s); err != nil {
		return err
	}
	var errs []error
	for _, c := range r.containersOf(s) {
		errs = append(errs, r.removeContainer(c))
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	delete(r.sandboxes, s.id)
	return errors.Join(errs...)
}

// PodSandboxStatus returns the state and the address of a pod.
func (r *Runtime) PodSandboxStatus(
	_ context.Context, request *api.PodSandboxStatusRequest,
) (*api.PodSandboxStatusResponse, error) {
	s, err := r.findSandbox(request.PodSandboxId)
	if err != nil {
		return nil, err
	}
	answer := &api.PodSandboxStatus{
		Id: s.id, Metadata: s.config.Metadata, State: s.state(), CreatedAt: s.created.UnixNano(),
		Labels: s.config.Labels, Annotations: s.config.Annotations, Network: &api.PodSandboxNetworkStatus{},
		Linux: &api.LinuxPodSandboxStatus{Namespaces: &api.Namespace{Options: s.namespaceOptions()}},
	}
	if s.address.IsValid() {
		answer.Network.Ip = s.address.String()
	}
	return &api.PodSandboxStatusResponse{Status: answer}, nil
}

func (s *sandbox) state() api.PodSandboxState {
	if s.isReady() {
		return api.PodSandboxState_SANDBOX_READY
	}
	return api.PodSandboxState_SANDBOX_NOTREADY
}

// ListPodSandbox returns the pods that match a filter.
func (r *Runtime) ListPodSandbox(
	_ context.Context, request *api.ListPodSandboxRequest,
) (*api.ListPodSandboxResponse, error) {
	response := &api.ListPodSandboxResponse{}
	for _, s := range r.allSandboxes() {
		filter, state := request.GetFilter(), s.state()
		if matches(filter.GetId(), s.id) && hasLabels(s.config.Labels, filter.GetLabelSelector()) &&
			(filter.GetState() == nil || filter.State.State == state) {
			response.Items = append(response.Items, &api.PodSandbox{Id: s.id, Metadata: s.config.Metadata, State: state,
				CreatedAt: s.created.UnixNano(), Labels: s.config.Labels, Annotations: s.config.Annotations})
		}
	}
	return response, nil
}

// matches reports whether an ID is that of a filter, of which "" matches all.
func matches(filter, id string) bool { return filter == "" || filter == id }

// hasLabels reports whether labels include those of a selector.
func hasLabels(labels, selector map[string]string) bool {
	for name, value := range selector {
		if got, ok := labels[name]; !ok || got != value {
			return false
		}
	}
	return true
}

// PortForward returns the URL at which the kubelet opens a connection to a port of a pod.
func (r *Runtime) PortForward(_ context.Context, request *api.PortForwardRequest) (*api.PortForwardResponse, error) {
	s, err := r.findSandbox(request.PodSandboxId)
	if err != nil {
		return nil, err
	}
	if !s.isReady() {
		return nil, fmt.Errorf("pod sandbox %s is stopped", s.id)
	}
	return r.streaming.GetPortForward(request)
}
