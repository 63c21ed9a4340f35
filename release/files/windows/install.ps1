#Requires -Version 5.1
#Requires -RunAsAdministrator
<#
.SYNOPSIS
Installs the Leeward mobility agent as a service, or takes it away. As often as anybody likes: a home that is registered stays so.

.DESCRIPTION
Copies the program to -Folder, writes what it was told into a file that administrators alone can read, and has `leeward agent install-service` do all the rest: that
registers the machine, keeps the home from other users, puts the service in place, waits until the agent is up, and puts everything back when it does not come up.

.EXAMPLE
.\install.ps1 -Server https://leeward.example -TokenFile C:\agent.token -WinSW C:\WinSW-x64.exe -WinSWSha256 HEX

.EXAMPLE
.\install.ps1 -Uninstall
#>
[CmdletBinding()]
param(
    # The config server, https://host or https://host:port; not needed for a home that is registered.
    [string] $Server = '',
    # The one-time token. Whoever may list processes sees it: -TokenFile is better.
    [string] $Token = '',
    [string] $TokenFile = '',
    # Where the program goes.
    [string] $Folder = (Join-Path $env:ProgramFiles 'Leeward'),
    # Where the agent keeps all of its state.
    [string] $AgentHome = (Join-Path $env:ProgramData 'Leeward\agent'),
    # What to call the machine; its hostname by default.
    [string] $Name = '',
    # WinSW 2 for 64 bits, as its releases have it, and the SHA-256 that they give.
    [string] $WinSW = '',
    [string] $WinSWSha256 = '',
    # Say nothing but errors.
    [switch] $Quiet,
    # Take service and program away. The agent's home stays, with its identity and its logs.
    [switch] $Uninstall
)
Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'
$eventSource = 'HKLM:\SYSTEM\CurrentControlSet\Services\EventLog\Application\Leeward'

function Write-Said([string] $Text) { if (-not $Quiet) { Write-Host $Text } }

# A program that refused has said why, on standard error.
function Invoke-Leeward([string] $Program, [string[]] $Arguments) {
    $app = Get-ChildItem -LiteralPath $Program -Directory -Filter 'app-*' | Select-Object -First 1
    $said = & (Join-Path $Program 'node.exe') (Join-Path $app.FullName 'main.js') @Arguments
    if ($LASTEXITCODE -ne 0) { throw "leeward ended with exit code $LASTEXITCODE" }
    Write-Said ($said -join [Environment]::NewLine)
}

# Of a path as PowerShell's user may have written it. A backslash at the end would take the quote behind it along.
function Get-FullPath([string] $Path) {
    if ($Path -eq '') { return '' }
    $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Path).TrimEnd('\')
}

$Folder = Get-FullPath $Folder

if ($Uninstall) {
    if (Test-Path -LiteralPath $Folder) {
        Invoke-Leeward $PSScriptRoot @('agent', 'remove-service', '--folder', $Folder)
        # Started from there, this script's own runtime has ended by now.
        Remove-Item -LiteralPath $Folder -Recurse -Force
    }
    Remove-Item -LiteralPath $eventSource -Recurse -Force -ErrorAction SilentlyContinue
    Write-Said "The agent is uninstalled. Its home, with identity and logs, is left: $AgentHome"
    return
}

if ($WinSW -eq '' -or $WinSWSha256 -eq '') { throw 'Give -WinSW and -WinSWSha256: docs, "Windows", says where WinSW comes from.' }

# Each version lies in a folder of its own, named by a digest of it: what runs goes on with its own, and is there to go back to.
$version = (Get-ChildItem -LiteralPath $PSScriptRoot -Directory -Filter 'app-*' | Select-Object -First 1).Name -replace '^app-', 'program-'
$program = Join-Path $Folder $version
if ($program -ne $PSScriptRoot -and -not (Test-Path -LiteralPath $program)) {
    $aside = "$program.new"
    if (Test-Path -LiteralPath $aside) { Remove-Item -LiteralPath $aside -Recurse -Force }
    New-Item -ItemType Directory -Force -Path $aside | Out-Null
    Get-ChildItem -LiteralPath $PSScriptRoot | Copy-Item -Destination $aside -Recurse
    Rename-Item -LiteralPath $aside -NewName $version
}

# Event Viewer shows the agent's texts as they are.
New-Item -Path $eventSource -Force | Out-Null
Set-ItemProperty -LiteralPath $eventSource -Name 'EventMessageFile' -Type ExpandString -Value '%SystemRoot%\System32\EventCreate.exe'
Set-ItemProperty -LiteralPath $eventSource -Name 'TypesSupported' -Type DWord -Value 7

$said = @{
    home = Get-FullPath $AgentHome; folder = $Folder; program = $program; winsw = Get-FullPath $WinSW; winswSha256 = $WinSWSha256
    server = $Server; token = $Token; tokenFile = Get-FullPath $TokenFile; name = $Name
}
$config = Join-Path ([IO.Path]::GetTempPath()) "leeward-$([Guid]::NewGuid()).json"
try {
    New-Item -ItemType File -Path $config | Out-Null
    & icacls.exe $config /inheritance:r /grant '*S-1-5-18:F' '*S-1-5-32-544:F' | Out-Null
    if ($LASTEXITCODE -ne 0) { throw "$config cannot be kept from other users" }
    [IO.File]::WriteAllText($config, (ConvertTo-Json $said), (New-Object Text.UTF8Encoding $false))
    Invoke-Leeward $program @('agent', 'install-service', '--config', $config)
    # Of versions before: nobody goes back to them any more.
    Get-ChildItem -LiteralPath $Folder -Directory -Filter 'program-*' | Where-Object { $_.FullName -ne $program } | Remove-Item -Recurse -Force
}
finally {
    Remove-Item -LiteralPath $config -Force -ErrorAction SilentlyContinue
}
