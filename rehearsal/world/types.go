package world

import (
	"eksnet/rehearsal/world/cleanup"
	"eksnet/rehearsal/world/eks"
	"eksnet/rehearsal/world/store"
)

// The types of the packages below that users of an account need.
type (
	// Options are properties of the account that no call changes.
	Options = store.Options
	// OperatorResources are resources of the operator that stack files name.
	OperatorResources = store.OperatorResources
	// HostedZone is a zone of Route 53 that the operator has.
	HostedZone = store.HostedZone
	// Properties are the inputs or outputs of a resource.
	Properties = store.Properties
	// Unknown is a value that is not known yet, as in a preview.
	Unknown = store.Unknown
	// Object is a resource of the account or an object of a cluster.
	Object = store.Object
	// Client is the interface of the account for a provider with one configuration.
	Client = store.Client
	// Terms are what the engine passes with a call besides its inputs.
	Terms = store.Terms
	// SignIn identifies who makes the calls.
	SignIn = store.SignIn
	// Failure is one input that a provider refuses before it calls the cloud.
	Failure = store.Failure
	// Incomplete is the error of a resource that was created but did not become ready.
	Incomplete = store.Incomplete
	// Wait is time that passes on AWS and not here.
	Wait = store.Wait
	// Leftover is a resource that remains after everything was destroyed.
	Leftover = cleanup.Leftover
)

var (
	// CustomTypes are the custom resources that a program may own.
	CustomTypes = store.CustomTypes
	// PatchTypes are the resources of fields of other resources that a program may own.
	PatchTypes = store.PatchTypes
	// UntypedTypes are built-in types whose manifests are data to the program.
	UntypedTypes = []string{store.CrdType, store.AdmissionPolicyType, store.AdmissionBindingType}
	// ErrNotFound is returned by Read for a resource that does not exist.
	ErrNotFound = store.ErrNotFound
	// ErrUnreachable is in the error of every call to a cluster that the caller cannot reach.
	ErrUnreachable = eks.ErrUnreachable
)
