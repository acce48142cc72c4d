// Package node simulates nodes: node groups, instances that join, the scheduler, the kubelet and the VPC CNI.
package node
