package build

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// cniManifests are the files of modules with what EKS installs for the VPC CNI, in the order in which they are created.
var cniManifests = []struct{ module, file string }{
	{"github.com/aws/amazon-vpc-resource-controller-k8s", "config/crd/bases/vpcresources.k8s.aws_cninodes.yaml"},
	{"github.com/aws/amazon-vpc-resource-controller-k8s", "config/crd/bases/vpcresources.k8s.aws_securitygrouppolicies.yaml"},
	{"github.com/aws/amazon-vpc-cni-k8s", "config/master/aws-k8s-cni.yaml"},
}

// copyCNIManifests copies the manifests from the modules that the program in a folder is built of.
func (t *Tools) copyCNIManifests(ctx context.Context, dir, cache string) error {
	folder, err := moduleFolder(ctx, dir, cache, "manifests")
	if err != nil {
		return err
	}
	for _, m := range cniManifests {
		t.CNIManifests = append(t.CNIManifests, filepath.Join(folder.dir, filepath.Base(m.file)))
	}
	if folder.complete() {
		return nil
	}
	return folder.create(func(string) error {
		for i, m := range cniManifests {
			if _, err := goOutput(ctx, dir, "mod", "download", m.module); err != nil {
				return err
			}
			source, err := goOutput(ctx, dir, "list", "-m", "-f", "{{.Dir}}", m.module)
			if err != nil {
				return err
			}
			content, err := os.ReadFile(filepath.Join(strings.TrimSpace(source), m.file))
			if err == nil {
				err = os.WriteFile(t.CNIManifests[i], content, 0o644)
			}
			if err != nil {
				return fmt.Errorf("manifests of the VPC CNI: %w", err)
			}
		}
		return nil
	})
}
