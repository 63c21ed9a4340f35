<#
.SYNOPSIS
A snapshot hook: makes and removes a shadow copy (VSS) of the volume that is protected as a disk.

.DESCRIPTION
Copy it to HOME\snapshot-hooks\default.ps1, or name it after one disk. The agent calls it `--make` and `--remove`, as SYSTEM, with what it needs in the environment:
LEEWARD_DISK_PATH (\\.\E:), LEEWARD_SNAPSHOT_ID, and for `--remove` LEEWARD_SNAPSHOT_PATH, which is empty when nobody knows whether there is one.

What it makes is a shadow copy of ONE VOLUME: VSS knows no other kind. Applications that have a VSS writer (SQL Server, Exchange, Active Directory, Hyper-V) bring themselves to rest for
it, so it is application-consistent as far as their writers are; to everything else it is as a power cut would leave the volume, with NTFS's own journal whole.

A physical drive (\\.\PhysicalDrive0) is refused. A drive holds partition tables and partitions beside its volumes, of which VSS makes no copies: no shadow copy is a
picture of a whole drive at one moment. Protect volumes, each as a disk of its own; or give this agent a hook for storage that can snapshot whole disks (a SAN, Hyper-V).

What VSS itself demands: shadow storage with room for what changes while the copy is read; `vssadmin list writers` and the event log say when a writer refuses.
#>
Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'
$phase = if ($args.Count -eq 1) { $args[0] } else { '' }

# Where shadow copies are noted by the id that they were asked for with: a --remove after a crash has no path.
$notes = Join-Path $env:ProgramData 'Leeward\shadow-copies'
$note = Join-Path $notes $env:LEEWARD_SNAPSHOT_ID

function Get-ShadowCopies { @(Get-CimInstance -ClassName Win32_ShadowCopy) }

switch ($phase) {
    '--make' {
        if ($env:LEEWARD_DISK_PATH -notmatch '^\\\\\.\\([A-Za-z]:)$') {
            [Console]::Error.WriteLine("$($env:LEEWARD_DISK_PATH) is no volume with a letter: VSS makes shadow copies of volumes alone")
            exit 1
        }
        $volume = "$($Matches[1])\"
        New-Item -ItemType Directory -Force -Path $notes | Out-Null
        # What is there now is others': what is there later and not among these may be ours, also when this is killed between making and noting.
        Set-Content -LiteralPath $note -Encoding ascii -Value (@(Get-ShadowCopies | ForEach-Object { "before $($_.ID)" }) + "volume $volume")
        $made = Invoke-CimMethod -ClassName Win32_ShadowCopy -MethodName Create -Arguments @{ Volume = $volume; Context = 'ClientAccessible' }
        if ($made.ReturnValue -ne 0) {
            [Console]::Error.WriteLine("Win32_ShadowCopy.Create of $volume returned $($made.ReturnValue)")
            exit 1
        }
        Add-Content -LiteralPath $note -Encoding ascii -Value "made $($made.ShadowID)"
        $copy = Get-ShadowCopies | Where-Object { $_.ID -eq $made.ShadowID }
        # One line, the last one: backslashes doubled, as JSON has them.
        $path = $copy.DeviceObject.Replace('\', '\\')
        Write-Output "{`"path`": `"$path`", `"consistency`": `"application`"}"
    }
    '--remove' {
        if (-not (Test-Path -LiteralPath $note)) { exit 0 }
        $noted = @(Get-Content -LiteralPath $note)
        $made = @($noted | Where-Object { $_ -like 'made *' } | ForEach-Object { $_.Substring(5) })
        $before = @($noted | Where-Object { $_ -like 'before *' } | ForEach-Object { $_.Substring(7) })
        # Made and not noted: nobody knows which one it is, and another's backup must not be deleted. A person decides.
        if ($made.Count -eq 0) {
            $new = @(Get-ShadowCopies | Where-Object { $before -notcontains $_.ID })
            if ($new.Count -gt 0) {
                [Console]::Error.WriteLine("one of these shadow copies may be left from $($env:LEEWARD_SNAPSHOT_ID): $($new.ID -join ' '); delete it, and then $note")
                exit 1
            }
        }
        Get-ShadowCopies | Where-Object { $made -contains $_.ID } | Remove-CimInstance
        Remove-Item -LiteralPath $note -Force
    }
    default {
        [Console]::Error.WriteLine('called with --make or --remove')
        exit 2
    }
}
