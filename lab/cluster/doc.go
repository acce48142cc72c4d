// Package cluster runs a rehearsed stack's cluster with the real programs: the API server with etcd and the controllers of Kubernetes that
// Services and Deployments need, the AWS cloud controller, and the AWS Load Balancer Controller as its chart installs it. AWS is moto. Nodes,
// scheduler and kubelet are the package's own: they give pods addresses, and run one program, the load balancer controller.
package cluster
