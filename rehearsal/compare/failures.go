package compare

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os/exec"
	"strings"

	"google.golang.org/protobuf/types/known/structpb"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"eksnet/rehearsal/changes"
	"eksnet/rehearsal/engine"
	"eksnet/rehearsal/scenario"
	"eksnet/rehearsal/world"
)

// fault changes the simulated cluster.
type fault func(*world.World, world.Client) error

// failure is a fault in the cluster, with the operations that meet it.
type failure struct {
	name string
	// edits change the stack file while the fault is there.
	edits []changes.Edit
	// kubectl are the commands that cause the fault in the lab, and repair those that end it.
	kubectl, repair []string
	// simulate causes the same fault in the simulated cluster, and undo ends it; nil for nothing to do.
	simulate, undo fault
	// unschedulable makes the pods of the program's Deployments fit on no node.
	unschedulable bool
	// withoutAPIServer stops the API server during the operations.
	withoutAPIServer bool
	operations       []step
}

const (
	serviceType    = "kubernetes:core/v1:Service"
	namespaceType  = "kubernetes:core/v1:Namespace"
	deploymentType = "kubernetes:apps/v1:Deployment"

	controllerID   = "kube-system/aws-load-balancer-controller"
	scaleCommand   = "-n kube-system scale deployment aws-load-balancer-controller --replicas="
	readyCommand   = "-n kube-system rollout status deployment aws-load-balancer-controller --timeout=60s"
	guard          = "example.com/guard"
	guardCommand   = `patch namespace echo --type=merge -p {"metadata":{"finalizers":["` + guard + `"]}}`
	unguardCommand = `patch namespace echo --type=merge -p {"metadata":{"finalizers":[]}}`

	// The waits of the provider. A pod may take 30 seconds to end.
	longestWait, longestDeletion = "20s", "40s"
)

// failures are the faults that are compared, on stack local.
func failures() []failure {
	return []failure{
		{name: "a Service is deleted by hand", kubectl: []string{"-n echo delete service echo-nlb"}, simulate: remove(serviceType, "echo/echo-nlb"), operations: []step{refresh, preview, up, upAgain}},
		{name: "a Service is deleted by hand and nothing is refreshed", kubectl: []string{"-n echo delete service echo-nlb"}, simulate: remove(serviceType, "echo/echo-nlb"), operations: []step{up, refresh, up, upAgain}},
		{name: "a Deployment is deleted by hand", kubectl: []string{"-n echo delete deployment echo"}, simulate: remove(deploymentType, "echo/echo"), operations: []step{refresh, up, upAgain}},
		{name: "a namespace is deleted by hand", kubectl: []string{"delete namespace echo"}, simulate: remove(namespaceType, "echo"), operations: []step{refresh, up, upAgain}},
		{name: "an alb is added while the controller has no pods", edits: []changes.Edit{changes.Set("workloads.more", "{kind: alb}")},
			kubectl: []string{scaleCommand + "0", readyCommand}, simulate: scaleController(0), repair: []string{scaleCommand + "2", readyCommand}, undo: scaleController(2), operations: []step{preview, up}},
		{name: "an nlb is added while the controller has no pods", edits: []changes.Edit{changes.Set("workloads.more", "{kind: nlb}")},
			kubectl: []string{scaleCommand + "0", readyCommand}, simulate: scaleController(0), repair: []string{scaleCommand + "2", readyCommand}, undo: scaleController(2), operations: []step{preview, up}},
		{name: "an nlb is removed while the controller has no pods", edits: []changes.Edit{changes.Drop("workloads.echo")},
			kubectl: []string{scaleCommand + "0", readyCommand}, simulate: scaleController(0), repair: []string{scaleCommand + "2", readyCommand}, undo: scaleController(2), operations: []step{preview, up}},
		{name: "a workload is removed whose namespace has a finalizer of another controller", edits: []changes.Edit{changes.Drop("workloads.echo")},
			kubectl: []string{guardCommand}, simulate: addGuard(), repair: []string{unguardCommand}, undo: removeGuard, operations: []step{preview, up}},
		{name: "replicas are changed after kubectl scale", edits: []changes.Edit{changes.Set("workloads.echo.replicas", "4")},
			kubectl: []string{"-n echo scale deployment echo --replicas=3"}, simulate: scaleByHand(3), repair: []string{"-n echo scale deployment echo --replicas=2"}, undo: scaleByHand(2), operations: []step{refresh, preview, up}},
		{name: "the API server is stopped", withoutAPIServer: true, operations: []step{refresh}},
		{name: "pods fit on no node", edits: []changes.Edit{changes.Set("workloads.more", "{kind: nlb}")}, unschedulable: true, operations: []step{preview, up}},
	}
}

// Failures compares operations during each fault.
func (p *Pair) Failures(ctx context.Context) error {
	p.registered = limitWaits
	if err := p.succeed(ctx, up); err != nil {
		return err
	}
	for _, f := range failures() {
		if err := p.failure(ctx, f); err != nil {
			return fmt.Errorf("%s: %w", f.name, err)
		}
	}
	return p.succeed(ctx, destroy)
}

// failure compares the operations during a fault, and those that make the stack complete again.
func (p *Pair) failure(ctx context.Context, f failure) error {
	if err := p.cause(ctx, f.kubectl, f.simulate); err != nil {
		return err
	}
	if err := p.edit(f.edits); err != nil {
		return err
	}
	if f.unschedulable {
		p.registered = func(r *pulumirpc.RegisterResourceRequest) { limitWaits(r); selectNoNode(r) }
	}
	if err := p.setAPIServer(ctx, f.withoutAPIServer); err != nil {
		return err
	}
	for _, s := range f.operations {
		if _, err := p.do(ctx, f.name+": "+s.name, s.run); err != nil {
			return err
		}
	}
	p.registered = limitWaits
	if err := p.setAPIServer(ctx, false); err != nil {
		return err
	}
	if err := p.cause(ctx, f.repair, f.undo); err != nil {
		return err
	}
	if _, err := p.do(ctx, f.name+": up after the repair", up.run); err != nil {
		return err
	}
	if err := p.reset(); err != nil {
		return err
	}
	return p.succeed(ctx, step{f.name + ": up with the change undone", up.run}, upAgain)
}

// cause runs kubectl in the lab, and the same in the simulated cluster.
func (p *Pair) cause(ctx context.Context, kubectl []string, simulate fault) error {
	for _, line := range kubectl {
		command := exec.CommandContext(ctx, p.options.Lab.Kubectl, append([]string{"--kubeconfig", p.options.Lab.Kubeconfig}, strings.Fields(line)...)...)
		if said, err := command.CombinedOutput(); err != nil {
			return fmt.Errorf("kubectl %s: %w: %s", line, err, strings.TrimSpace(string(said)))
		}
	}
	if simulate == nil {
		return nil
	}
	rehearsal, err := scenario.Open(p.scenarioOptions(0))
	if err != nil {
		return err
	}
	client, err := rehearsal.World().Kubernetes(kubeconfigOf(rehearsal.State()))
	if err == nil {
		err = simulate(rehearsal.World(), client)
	}
	return errors.Join(err, rehearsal.World().Record(), rehearsal.Close())
}

// setAPIServer stops the API server in both places, or starts it again.
func (p *Pair) setAPIServer(ctx context.Context, stopped bool) error {
	if p.options.Lab.WithoutAPIServer == stopped {
		return nil
	}
	p.options.Lab.WithoutAPIServer = stopped
	for place := range p.places {
		rehearsal, err := scenario.Open(p.scenarioOptions(place))
		if err != nil {
			return err
		}
		switch cluster := clusterOf(rehearsal.State()); {
		case place == 1:
			err = p.options.Lab.Exchange(ctx, rehearsal.World())
		case stopped:
			rehearsal.World().CutOff(string(cluster.ID))
		default:
			rehearsal.World().Reconnect(string(cluster.ID))
		}
		if err := errors.Join(err, rehearsal.World().Record(), rehearsal.Close()); err != nil {
			return err
		}
	}
	return nil
}

// limitWaits limits the waits for objects in the cluster.
func limitWaits(r *pulumirpc.RegisterResourceRequest) {
	if strings.HasPrefix(r.Type, "kubernetes:") && !strings.HasPrefix(r.Type, "kubernetes:helm.sh/") {
		r.CustomTimeouts = &pulumirpc.RegisterResourceRequest_CustomTimeouts{Create: longestWait, Update: longestWait, Delete: longestDeletion}
	}
}

// selectNoNode gives the pods of the Deployment that is added a label of no node.
func selectNoNode(r *pulumirpc.RegisterResourceRequest) {
	if r.Type != deploymentType || r.Name != "more" {
		return
	}
	pod := r.Object.Fields["spec"].GetStructValue().Fields["template"].GetStructValue().Fields["spec"].GetStructValue()
	pod.Fields["nodeSelector"] = structpb.NewStructValue(&structpb.Struct{Fields: map[string]*structpb.Value{"example.com/none": structpb.NewStringValue("none")}})
}

// remove returns a fault that deletes an object.
func remove(typ, id string) fault {
	return func(_ *world.World, cluster world.Client) error { return cluster.Delete(typ, id) }
}

// scaleController returns a fault that sets the number of the controller's pods.
func scaleController(replicas float64) fault {
	return change(deploymentType, controllerID, func(manifest world.Properties) {
		spec := maps.Clone(manifest["spec"].(world.Properties))
		spec["replicas"] = replicas
		manifest["spec"] = spec
	})
}

// addGuard returns a fault that adds the finalizer to the workload's namespace.
func addGuard() fault {
	return change(namespaceType, "echo", func(manifest world.Properties) {
		metadata := maps.Clone(manifest["metadata"].(world.Properties))
		metadata["finalizers"] = []any{guard}
		manifest["metadata"] = metadata
	})
}

// removeGuard removes all finalizers of the workload's namespace.
func removeGuard(w *world.World, _ world.Client) error { return w.Run("kubectl " + unguardCommand) }

// change returns a fault that changes the manifest of an object.
func change(typ, id string, edit func(world.Properties)) fault {
	return func(_ *world.World, cluster world.Client) error {
		o, err := cluster.Read(typ, id)
		if err != nil {
			return err
		}
		manifest := maps.Clone(o.Inputs)
		edit(manifest)
		_, err = cluster.Update(typ, id, manifest)
		return err
	}
}

// scaleByHand returns a fault that sets the number of pods as kubectl scale does.
func scaleByHand(replicas int) fault {
	return func(w *world.World, _ world.Client) error {
		w.ScaleDeployment("echo/echo", replicas)
		return nil
	}
}

// clusterOf returns the cluster in a state, the zero value for none.
func clusterOf(state *engine.State) apitype.ResourceV3 {
	for _, r := range state.Resources() {
		if r.Type == "aws:eks/cluster:Cluster" {
			return r
		}
	}
	return apitype.ResourceV3{}
}

// kubeconfigOf returns the kubeconfig of the simulated cluster in a state.
func kubeconfigOf(state *engine.State) string {
	cluster := clusterOf(state).Outputs
	authority, _ := cluster["certificateAuthority"].(map[string]any)
	arn, _ := cluster["arn"].(string)
	region := strings.Split(arn+"::::", ":")[3]
	return fmt.Sprintf(`{"apiVersion": "v1", "kind": "Config", "current-context": "aws",
		"clusters": [{"name": "kubernetes", "cluster": {"server": %q, "certificate-authority-data": %q}}],
		"contexts": [{"name": "aws", "context": {"cluster": "kubernetes", "user": "aws"}}],
		"users": [{"name": "aws", "user": {"exec": {"apiVersion": "client.authentication.k8s.io/v1beta1", "command": "aws",
			"args": ["--region", %q, "eks", "get-token", "--cluster-name", %q, "--output", "json"]}}}]}`, cluster["endpoint"], authority["data"], region, cluster["name"])
}
