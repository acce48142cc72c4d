// Package cluster runs a rehearsed stack's cluster with the real programs: etcd, the API server, the Kubernetes
// controllers that Services and Deployments need, the AWS cloud controller, and the AWS Load Balancer Controller, which
// its chart installs. AWS is moto. Nodes, scheduler and kubelet are simulated: they assign addresses to pods, and run
// one program, the load balancer controller.
package cluster
