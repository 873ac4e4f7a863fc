"""Patterns of histories of shells, editors and database clients, and of mail."""

from __future__ import annotations

from guestinspect.leftovers.patterns.pattern import leftover_pattern
from guestinspect.model.leftover import Kind

HISTORIES = (
    leftover_pattern(
        Kind.HISTORY,
        "history",
        "~/.*history ~/.*_hist ~/.histfile ~/.viminfo ~/.vim/.viminfo ~/.lesshst ~/.wget-hsts ~/.mongo/.dbshell"
        " ~/.dbshell ~/.config/fish/fish_history ~/.local/share/fish/fish_history ~/.local/share/mc/history"
        " ~/.local/share/nvim/shada/* ~/.local/state/nvim/shada/* ~/.local/state/*history ~/.local/state/*/history"
        " ~/.cache/zsh/history ~/.mongodb/mongosh/*history ~/.julia/logs/repl_history.jl"
        " ~/.ipython/profile_default/history.sqlite",
    ),
)


MAIL = (leftover_pattern(Kind.LOG, "mail", "/var/mail/* /var/spool/mail/* ~/mbox ~/dead.letter"),)
