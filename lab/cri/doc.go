// Package cri serves the Kubernetes Container Runtime Interface for a kubelet. Its containers are processes of this
// machine in namespaces of their own, and its images are programs of this machine.
//
// Not supported, and refused where a pod asks for it: the node's PID namespace (hostPID) and one PID namespace for all
// containers of a pod (shareProcessNamespace). Not supported, and ignored: limits of CPU and memory, seccomp and
// AppArmor profiles, host ports, devices, and volumes that are mounted while their container runs. Where the user
// namespace has one user ID only, runAsUser, runAsGroup and supplemental groups are ignored too.
package cri
