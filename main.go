// Command eksnet is the Pulumi program of an EKS cluster and its network.
package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/stack"
)

func main() { pulumi.Run(stack.Program) }
