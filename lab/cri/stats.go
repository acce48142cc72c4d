package cri

import (
	"context"
	"fmt"
	"time"

	"github.com/prometheus/procfs"
	"golang.org/x/sys/unix"
	api "k8s.io/cri-api/pkg/apis/runtime/v1"
)

// usage is what the processes of a container use.
type usage struct {
	processorTime  time.Duration
	residentMemory uint64
	processes      uint64
}

// processorTick is the unit of processor time in /proc (proc_pid_stat(5); 100 a second on all architectures).
const processorTick = 10 * time.Millisecond

// observeUsage returns the use of all PID namespaces of this machine, by the inode of the namespace.
func observeUsage() (map[uint32]usage, error) {
	processes, err := procfs.AllProcs()
	if err != nil {
		return nil, fmt.Errorf("processes: %w", err)
	}
	all := map[uint32]usage{}
	for _, p := range processes {
		namespaces, err := p.Namespaces()
		if err != nil {
			continue // ended meanwhile
		}
		status, err := p.Stat()
		if err != nil {
			continue
		}
		u := all[namespaces["pid"].Inode]
		ticks := status.UTime + status.STime + uint(status.CUTime) + uint(status.CSTime)
		u.processorTime += time.Duration(ticks) * processorTick
		u.residentMemory += uint64(status.ResidentMemory())
		u.processes++
		all[namespaces["pid"].Inode] = u
	}
	return all, nil
}

// usageOf returns the use of a container.
func (c *container) usageOf(all map[uint32]usage) (u usage) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.state == api.ContainerState_CONTAINER_RUNNING {
		var status unix.Stat_t
		if unix.Stat(fmt.Sprintf("/proc/%d/ns/pid", c.pid), &status) == nil {
			u = all[uint32(status.Ino)]
		}
	}
	c.processorTime = max(c.processorTime, u.processorTime)
	u.processorTime = c.processorTime
	return u
}

// describeUsage returns the statistics of a container.
func (r *Runtime) describeUsage(c *container, u usage) *api.ContainerStats {
	var files unix.Statfs_t
	if _, err := c.running(); err == nil {
		_ = unix.Statfs(fmt.Sprintf("/proc/%d/root", c.pid), &files) // fails if the container ends meanwhile
	}
	return &api.ContainerStats{
		Attributes: &api.ContainerAttributes{
			Id: c.id, Metadata: c.config.Metadata, Labels: c.config.Labels, Annotations: c.config.Annotations},
		Cpu: u.processor(), Memory: u.memory(), WritableLayer: r.fileSystemUsage(files),
	}
}

func (u usage) processor() *api.CpuUsage {
	total := &api.UInt64Value{Value: uint64(u.processorTime)}
	return &api.CpuUsage{Timestamp: time.Now().UnixNano(), UsageCoreNanoSeconds: total}
}

func (u usage) memory() *api.MemoryUsage {
	resident := &api.UInt64Value{Value: u.residentMemory}
	now := time.Now().UnixNano()
	return &api.MemoryUsage{Timestamp: now, WorkingSetBytes: resident, UsageBytes: resident, RssBytes: resident}
}

// ContainerStats returns the statistics of a container.
func (r *Runtime) ContainerStats(
	_ context.Context, request *api.ContainerStatsRequest,
) (*api.ContainerStatsResponse, error) {
	c, err := r.findContainer(request.ContainerId)
	if err != nil {
		return nil, err
	}
	all, err := observeUsage()
	if err != nil {
		return nil, err
	}
	return &api.ContainerStatsResponse{Stats: r.describeUsage(c, c.usageOf(all))}, nil
}

// ListContainerStats returns the statistics of the running containers that match a filter.
func (r *Runtime) ListContainerStats(
	_ context.Context, request *api.ListContainerStatsRequest,
) (*api.ListContainerStatsResponse, error) {
	all, err := observeUsage()
	if err != nil {
		return nil, err
	}
	response, filter := &api.ListContainerStatsResponse{}, request.GetFilter()
	for _, c := range r.allContainers() {
		if _, err := c.running(); err == nil && matches(filter.GetId(), c.id) &&
			matches(filter.GetPodSandboxId(), c.sandbox.id) && hasLabels(c.config.Labels, filter.GetLabelSelector()) {
			response.Stats = append(response.Stats, r.describeUsage(c, c.usageOf(all)))
		}
	}
	return response, nil
}

// PodSandboxStats returns the statistics of a pod.
func (r *Runtime) PodSandboxStats(
	_ context.Context, request *api.PodSandboxStatsRequest,
) (*api.PodSandboxStatsResponse, error) {
	s, err := r.findSandbox(request.PodSandboxId)
	if err != nil {
		return nil, err
	}
	all, err := observeUsage()
	if err != nil {
		return nil, err
	}
	return &api.PodSandboxStatsResponse{Stats: r.describePodUsage(s, all)}, nil
}

// ListPodSandboxStats returns the statistics of the running pods that match a filter.
func (r *Runtime) ListPodSandboxStats(
	_ context.Context, request *api.ListPodSandboxStatsRequest,
) (*api.ListPodSandboxStatsResponse, error) {
	all, err := observeUsage()
	if err != nil {
		return nil, err
	}
	response, filter := &api.ListPodSandboxStatsResponse{}, request.GetFilter()
	for _, s := range r.allSandboxes() {
		if s.isReady() && matches(filter.GetId(), s.id) && hasLabels(s.config.Labels, filter.GetLabelSelector()) {
			response.Stats = append(response.Stats, r.describePodUsage(s, all))
		}
	}
	return response, nil
}

// describePodUsage returns the sum of the containers of a pod.
func (r *Runtime) describePodUsage(s *sandbox, all map[uint32]usage) *api.PodSandboxStats {
	var sum usage
	linux := &api.LinuxPodSandboxStats{}
	for _, c := range r.containersOf(s) {
		u := c.usageOf(all)
		linux.Containers = append(linux.Containers, r.describeUsage(c, u))
		sum.processorTime += u.processorTime
		sum.residentMemory += u.residentMemory
		sum.processes += u.processes
	}
	linux.Cpu, linux.Memory = sum.processor(), sum.memory()
	count := &api.UInt64Value{Value: sum.processes}
	linux.Process = &api.ProcessUsage{Timestamp: time.Now().UnixNano(), ProcessCount: count}
	return &api.PodSandboxStats{Linux: linux, Attributes: &api.PodSandboxAttributes{
		Id: s.id, Metadata: s.config.Metadata, Labels: s.config.Labels, Annotations: s.config.Annotations}}
}
