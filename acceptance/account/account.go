// Package account describes what the commands need of an AWS account, without the AWS SDK: its resources and how they
// are deleted.
package account

import (
	"context"

	"eksnet/internal/leftover"
)

// Identity is whose credentials a command uses.
type Identity struct {
	Account, ARN string
}

// Query limits what services list. A service may list more; the audit decides what belongs to the subject.
type Query struct {
	leftover.Subject
	// VPCs are the VPCs of the stack: everything in them is listed, whatever its tags are.
	VPCs []string
	// Domains are the domains of the hosted zones of the stack file.
	Domains []string
	// Candidates are the ARNs that the tagging API lists for the tags of the subject.
	Candidates []string
}

// Service lists and deletes the resources of one AWS service.
type Service interface {
	// List returns the resources that exist and that a query may concern, as the service itself describes them.
	List(ctx context.Context, q Query) ([]leftover.Resource, error)
	// Delete deletes a resource that List returned, with the parts that its deletion needs deleted before. It returns
	// when the service has accepted the deletion.
	Delete(ctx context.Context, r leftover.Resource) error
	// Types are the types of the resources.
	Types() []string
}

// Tagging is the tagging API of all services in a region.
type Tagging interface {
	// Tagged returns the ARNs of resources with a tag. It includes some that no longer exist.
	Tagged(ctx context.Context, tag leftover.Tag) ([]string, error)
}

// Account is an account in one region.
type Account interface {
	Tagging
	// Identity returns the identity of the credentials, as STS reports it.
	Identity(ctx context.Context) (Identity, error)
	// VPCs returns all VPCs of the region with their tags.
	VPCs(ctx context.Context) ([]leftover.Resource, error)
	Services() []Service
}

// Credentials are the settings of a stack file for its account.
type Credentials struct {
	// Region is the region, Profile the profile of the AWS CLI and Role the ARN of a role to assume, "" for none.
	Region, Profile, Role string
}
