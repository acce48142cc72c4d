package cri

import (
	"context"

	api "k8s.io/cri-api/pkg/apis/runtime/v1"
)

// Version returns the name that kubectl get nodes -o wide shows as the container runtime.
func (r *Runtime) Version(context.Context, *api.VersionRequest) (*api.VersionResponse, error) {
	return &api.VersionResponse{
		Version: "0.1.0", RuntimeName: "eksnet-lab", RuntimeVersion: "1.0.0", RuntimeApiVersion: "v1"}, nil
}

// Status reports that the runtime and the network of pods are ready.
func (r *Runtime) Status(context.Context, *api.StatusRequest) (*api.StatusResponse, error) {
	return &api.StatusResponse{
		Status: &api.RuntimeStatus{Conditions: []*api.RuntimeCondition{
			{Type: api.RuntimeReady, Status: true}, {Type: api.NetworkReady, Status: true}}},
		RuntimeHandlers: []*api.RuntimeHandler{{Features: &api.RuntimeHandlerFeatures{}}},
		Features:        &api.RuntimeFeatures{},
	}, nil
}

// RuntimeConfig returns a driver because kubelets require one. The runtime uses no cgroups.
func (r *Runtime) RuntimeConfig(context.Context, *api.RuntimeConfigRequest) (*api.RuntimeConfigResponse, error) {
	linux := &api.LinuxRuntimeConfiguration{CgroupDriver: api.CgroupDriver_CGROUPFS}
	return &api.RuntimeConfigResponse{Linux: linux}, nil
}

// UpdateRuntimeConfig ignores the pods' CIDR block: PodNetwork assigns addresses.
func (r *Runtime) UpdateRuntimeConfig(
	context.Context, *api.UpdateRuntimeConfigRequest,
) (*api.UpdateRuntimeConfigResponse, error) {
	return &api.UpdateRuntimeConfigResponse{}, nil
}
