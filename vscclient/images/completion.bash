# Tab completion of "openstack vsc image" for bash, and for zsh with bashcompinit. Printed by
# "openstack vsc image completion bash"; print it again after each upgrade. What completed other commands of openstack
# when this is read completes them afterwards, too.

_vscclient_program=@PROGRAM@
_vscclient_grammar=@GRAMMAR@

_vscclient_openstack() {
    local line=${COMP_LINE:0:$COMP_POINT} answer='' mode='' candidate
    COMPREPLY=()
    if [[ -z $_vscclient_others || $line == *[[:space:]]vsc || $line == *[[:space:]]vsc[[:space:]]* ]]; then
        answer=$(printf '%s\0' "$2" "$line" "$_vscclient_grammar" | "$_vscclient_program" 2>/dev/null)
    fi
    while IFS= read -r candidate; do
        if [[ -z $mode ]]; then
            mode=$candidate
        elif [[ -n ${ZSH_VERSION-} && $candidate != *= ]]; then
            COMPREPLY+=("$candidate ")  # zsh has no compopt: -o nospace is for all
        else
            COMPREPLY+=("$candidate")
        fi
    done <<< "$answer"
    if [[ $mode != candidates && $mode != files && -n $_vscclient_others ]]; then
        COMPREPLY=()
        "$_vscclient_others" "$@"
        return
    fi
    if [[ $mode == candidates ]]; then
        compopt +o default +o bashdefault 2>/dev/null || :
    elif [[ ${#COMPREPLY[@]} == 0 ]]; then
        compopt -o default 2>/dev/null || :
    fi
    if [[ ${COMPREPLY[*]-} == *= || ${COMPREPLY[*]-} == *=[\'\"] ]]; then
        compopt -o nospace 2>/dev/null || :
    fi
}

if [[ -n ${ZSH_VERSION-} ]]; then
    _vscclient_others=''
    complete -o nospace -o default -F _vscclient_openstack openstack
else
    _vscclient_before=$(complete -p openstack 2>/dev/null) || :
    if [[ $_vscclient_before == *'-F _vscclient_openstack '* ]]; then
        :  # this file was read before
    elif [[ $_vscclient_before =~ \ -F\ ([^[:space:]]+)\  ]]; then
        _vscclient_others=${BASH_REMATCH[1]}
        eval "${_vscclient_before/" -F $_vscclient_others "/ -F _vscclient_openstack }"
    else
        _vscclient_others=''
        complete -F _vscclient_openstack openstack
    fi
    unset _vscclient_before
fi
