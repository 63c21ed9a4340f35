@echo off
rem Every Leeward command, with the runtime that lies beside it. The flags are those of a checkout's `leeward`, which says why.
"%~dp0node.exe" --scavenger-max-new-space-capacity-mb=4 --initial-old-space-size=512 "%~dp0@APP@\main.js" %*
