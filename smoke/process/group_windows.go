package process

import "os/exec"

func together(*exec.Cmd) {}
