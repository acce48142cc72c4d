package externaldns

import (
	"fmt"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"

	"eksnet/rehearsal/world/kube"
	nodepkg "eksnet/rehearsal/world/node"
	"eksnet/rehearsal/world/podclient"
	"eksnet/rehearsal/world/route53"
	"eksnet/rehearsal/world/store"
)

// teardownProgram is the program of the Job, which is a chart of the stack.
const teardownProgram = "https://docs.aws.amazon.com/cli/latest/reference/route53/list-resource-record-sets.html (addons/charts/external-dns-teardown/wait.sh)"

var (
	RecordsListed = store.NewRule("the Job that waits for the end of ExternalDNS' records lists those of each zone",
		`the records of hosted zones cannot be listed: %s`, teardownProgram)
	RecordsGone = store.NewRule("the Job ends once ExternalDNS has deleted its records",
		`after %s seconds hosted zones still have TXT records of %s: %s`, teardownProgram)
)

// RunJob does what a Job with the program that waits for the end of records does: nil once no zone has a TXT record of
// the owner. No other Job is modelled.
func RunJob(w *store.Account, cluster string, job *batchv1.Job) error {
	if err := CheckJob(w, cluster, job); err != nil {
		return err
	}
	variables := environment(job)
	var remaining []string
	for _, zone := range strings.Fields(variables["ZONES"]) {
		for _, txt := range recordsOfOwner(w, zone, variables["OWNER"]) {
			remaining = append(remaining, zone+": "+route53.RecordOf(txt).FQDN)
		}
	}
	return store.Caused(RecordsGone.When(len(remaining) > 0, variables["TIMEOUT"], variables["OWNER"], listSome(remaining)), whyRemaining(w, cluster))
}

// CheckJob returns why the Job fails whatever records there are: its pod does not start, or cannot list them.
func CheckJob(w *store.Account, cluster string, job *batchv1.Job) error {
	variables := environment(job)
	if variables["OWNER"] == "" || variables["ZONES"] == "" {
		return store.Unmodelled("the program of Job %s/%s", job.Namespace, job.Name)
	}
	program, err := start(w, cluster, job)
	if err != nil {
		return err
	}
	if err := program.CheckConnection("route53", apiHost(w)); err != nil {
		return store.Caused(RecordsListed.When(true, variables["ZONES"]), err)
	}
	for _, zone := range strings.Fields(variables["ZONES"]) {
		err := program.CheckAllowed("route53:ListResourceRecordSets", "arn:"+w.Partition().ID+":route53:::hostedzone/"+zone, nil)
		if err != nil {
			return store.Caused(RecordsListed.When(true, zone), err)
		}
	}
	return nil
}

// environment returns the variables of a Job's containers.
func environment(job *batchv1.Job) map[string]string {
	variables := map[string]string{}
	for _, container := range job.Spec.Template.Spec.Containers {
		for _, variable := range container.Env {
			variables[variable.Name] = variable.Value
		}
	}
	return variables
}

// listSome returns the first items of a list, and the number of the others.
func listSome(all []string) string {
	const most = 4
	if len(all) <= most {
		return strings.Join(all, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(all[:most], ", "), len(all)-most)
}

// start starts the pod of a Job, and returns its program.
func start(w *store.Account, cluster string, job *batchv1.Job) (*podclient.Program, error) {
	// The scheduler and the kubelet handle pods by their Deployments.
	d := &appsv1.Deployment{}
	d.Namespace, d.Name, d.Spec.Template = job.Namespace, job.Name, job.Spec.Template
	spec := &job.Spec.Template.Spec
	node, err := nodepkg.FindNode(w, cluster, d)
	if err != nil || node == nil {
		return nil, err
	}
	pod := &store.Object{Type: store.PodType, Cluster: cluster, ID: kube.ObjectID(job.Namespace, job.Name), Inputs: store.Properties{
		"metadata": map[string]any{"namespace": job.Namespace, "name": job.Name}}}
	if err := store.First(kube.AccountExists.When(accountMissing(w, cluster, job.Namespace, spec), job.Name, kube.ObjectID(job.Namespace, spec.ServiceAccountName), spec.ServiceAccountName)); err != nil {
		return nil, err
	}
	address, err := nodepkg.StartOnNode(w, node, pod, d, "")
	if err != nil {
		return nil, err
	}
	nodepkg.ReleasePodAddress(w, address) // the Job ends before any other object changes
	return podclient.On(w, node, cluster, job.Namespace, spec), nil
}

func accountMissing(w *store.Account, cluster, namespace string, spec *corev1.PodSpec) bool {
	return spec.ServiceAccountName != "" && w.Find(cluster, store.ServiceAccountType, kube.ObjectID(namespace, spec.ServiceAccountName)) == nil
}

// whyRemaining returns why ExternalDNS has not deleted its records.
func whyRemaining(w *store.Account, cluster string) error {
	for _, o := range deploymentsOf(w) {
		if o.Cluster != cluster {
			continue
		}
		c := newController(w, o)
		if _, err := c.program(); err != nil {
			return err
		}
		var objects []string
		for _, n := range c.names() {
			objects = append(objects, fmt.Sprintf("%s of %s", n.name, n.object))
		}
		if len(objects) > 0 {
			return store.Explain("objects with names exist: %s", listSome(objects))
		}
		_, err := Act(w, o.Key())
		return err
	}
	return store.Explain("ExternalDNS is not installed")
}
