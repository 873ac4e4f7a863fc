"""The properties that Nova, Cinder, Glance and the VSC use, whatever the catalogue of a cloud lacks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from vscclient.model.image import MULTI_NIC, WAIVED
from vscclient.model.property_definition import COMMON, PropertyDefinition, PropertyType

NOVA = "Nova"
"""The name of Nova's own table, where others have a namespace.

Source: Nova 34.0.0 (2026.2), read on 2026-12-01: ``nova/objects/image_meta.py`` (``ImageMetaProps``, with the older
names in ``_legacy_property_map``), and the enumerations of ``nova/objects/fields.py``.
"""

VSC = "VSC::Image"
"""The namespace of the VSC's own properties."""

_BOOLEANS = """
    hw_boot_menu hw_ephemeral_encryption hw_firmware_stateless hw_ipxe_boot hw_locked_memory hw_mem_encryption hw_pmu
    hw_qemu_guest_agent hw_time_hpet hw_vif_multiqueue_enabled hw_virtio_packed_ring img_bdm_v2 img_bittorrent
    img_cache_in_nova img_hide_hypervisor_id img_linked_clone img_use_agent os_require_quiesce
    os_skip_agent_inject_files_at_boot os_skip_agent_inject_ssh
    bdm_v2 bittorrent cache_in_nova ipxe_boot vmware_linked_clone xenapi_skip_agent_inject_files_at_boot
    xenapi_skip_agent_inject_ssh xenapi_use_agent
""".split()

_INTEGERS = """
    hw_cpu_cores hw_cpu_max_cores hw_cpu_max_sockets hw_cpu_max_threads hw_cpu_sockets hw_cpu_threads hw_device_id
    hw_maxphysaddr_bits hw_numa_nodes hw_redirected_usb_ports hw_serial_port_count hw_video_ram img_compression_level
    img_version vmware_image_version xenapi_device_id xenapi_image_compression_level
""".split()

_STRINGS = """
    auto_disk_config block_device_mapping hw_auto_disk_config hw_cpu_realtime_mask hw_disk_type
    hw_ephemeral_encryption_secret_uuid hw_machine_type hw_mem_page_size hypervisor_version_requires
    img_block_device_mapping img_hv_requested_version img_mappings img_owner_id img_root_device_name img_signature
    img_signature_certificate_uuid img_signature_hash_method mappings os_admin_user os_command_line os_distro owner_id
    root_device_name traits_required vmware_adaptertype vmware_disktype vmware_ostype
""".split()

_ARCHITECTURES = """
    aarch64 alpha armv6 armv7b armv7l cris i686 ia64 lm32 m68k microblaze microblazeel mips mips64 mips64el mipsel
    openrisc parisc parisc64 ppc ppc64 ppc64le ppcemb ppcle s390 s390x sh4 sh4eb sparc sparc64 unicore32 x86_64 xtensa
    xtensaeb
"""
_BUSES = "fdc ide lxc sata scsi uml usb virtio xen"
_HYPERVISORS = """
    baremetal bhyve docker fake hyperv ironic kqemu kvm lxc lxd openvz parallels phyp prsm qemu test uml vbox vmware vz
    xen zvm
"""
_CHOICES = {
    "hw_cdrom_bus": _BUSES,
    "hw_cpu_policy": "dedicated mixed shared",
    "hw_cpu_thread_policy": "isolate prefer require",
    "hw_disk_bus": _BUSES,
    "hw_ephemeral_encryption_format": "luks luksv2 plain",
    "hw_firmware_type": "bios uefi",
    "hw_floppy_bus": _BUSES,
    "hw_input_bus": "usb virtio",
    "hw_maxphysaddr_mode": "emulate passthrough",
    "hw_mem_encryption_model": "amd-sev amd-sev-es amd-sev-snp intel-tdx",
    "hw_pci_numa_affinity_policy": "legacy preferred required socket",
    "hw_pointer_model": "usbtablet",
    "hw_rescue_bus": _BUSES,
    "hw_rescue_device": "cdrom disk floppy fs lun",
    "hw_rng_model": "virtio",
    "hw_sound_model": "ac97 es1370 ich6 ich9 pcspk sb16 usb virtio",
    "hw_tpm_model": "tpm-crb tpm-tis",
    "hw_tpm_version": "1.2 2.0",
    "hw_usb_model": "nec-xhci none qemu-xhci",
    "hw_video_model": "bochs cirrus gop none qxl vga virtio vmvga xen",
    "hw_viommu_model": "auto intel smmuv3 virtio",
    "hw_watchdog_action": "disabled none pause poweroff reset",
    "img_config_drive": "mandatory optional",
    "img_signature_key_type": (
        "DSA ECC_SECP384R1 ECC_SECP521R1 ECC_SECT409K1 ECC_SECT409R1 ECC_SECT571K1 ECC_SECT571R1 RSA-PSS"
    ),
    "os_secure_boot": "disabled optional required",
}
_CHOICES_IN_ANY_CASE = {
    "architecture": (_ARCHITECTURES, "amd64 i386 i486 i586 x86_32 x86_32p"),
    "hw_architecture": (_ARCHITECTURES, "amd64 i386 i486 i586 x86_32 x86_32p"),
    "hw_emulation_architecture": (_ARCHITECTURES, "amd64 i386 i486 i586 x86_32 x86_32p"),
    "hw_scsi_model": (
        "buslogic ibmvscsi lsilogic lsisas1068 lsisas1078 virtio-scsi vmpvscsi",
        "lsilogicsas paravirtual",
    ),
    "hw_vif_model": (
        "e1000 e1000e igb lan9118 ne2k_pci netfront pcnet rtl8139 sriov spapr-vlan virtio vmxnet vmxnet3",
        "virtuale1000 virtuale1000e virtualpcnet32 virtualsriovethernetcard virtualvmxnet virtualvmxnet3",
    ),
    "hw_vm_mode": ("exe hvm uml xen", "baremetal hv pv"),
    "hypervisor_type": (_HYPERVISORS, "xapi"),
    "img_hv_type": (_HYPERVISORS, "xapi"),
    "os_type": ("linux windows", ""),
    "vm_mode": ("exe hvm uml xen", "baremetal hv pv"),
}

VSC_PROPERTIES = (
    PropertyDefinition(
        key=MULTI_NIC,
        namespace=VSC,
        values=("true", "false"),
        ignores_case=True,
        title="Several network interfaces",
        description=(
            "true: the guest brings up every network interface (NIC) that the instance has at boot, so that it can use "
            "several networks, such as the outside world and the shared storage. false: the guest uses one NIC."
        ),
        is_trusted=True,
    ),
    PropertyDefinition(
        key=WAIVED,
        namespace=VSC,
        title="Waived rules",
        description=(
            "Codes of the rules of the VSC that the image breaks, and that its owner waived, with commas: H501,N201."
        ),
        is_trusted=True,
    ),
)

_COMMON = {
    "cinder_encryption_key_deletion_policy": "",
    "cinder_encryption_key_id": "",
    "description": "Purpose of the image, for people who search for an image",
    "instance_uuid": "ID of the instance that the image is a snapshot of",
    "kernel_id": "ID of the image with the kernel to boot",
    "os_version": "Version of the operating system, such as 12",
    "ramdisk_id": "ID of the image with the ramdisk to boot",
}
"""The properties of ``etc/metadefs/glance-common-image-props.json`` that Nova does not read, with a description."""

_OF_SERVICES = """
    base_image_ref boot_roles clean_attempts image_id image_location image_name image_state image_type
    instance_type_rxtx_factor min_disk_gib os_admin_password os_hash os_name os_release os_shutdown_timeout
    owner_project_name owner_user_name signature_verified user_id
""".split()
"""Properties that services set, for example on a snapshot. Source: Nova, ``compute/utils.py``; Cinder; openstacksdk."""

OTHER_PREFIXES = ("hw_numa_cpus.", "hw_numa_mem.", "instance_type_", "owner_specified.", "trait:")
"""Properties with a number or a name in their key. Source: Nova, ``ImageMetaProps``; openstacksdk."""


def _definitions() -> Iterator[PropertyDefinition]:
    for kind, keys in (
        (PropertyType.BOOLEAN, _BOOLEANS),
        (PropertyType.INTEGER, _INTEGERS),
        (PropertyType.STRING, _STRINGS),
    ):
        for key in keys:
            yield _nova(key, type=kind)
    for key, description in _COMMON.items():
        yield PropertyDefinition(key=key, namespace=COMMON, description=description)
    for key in _OF_SERVICES:
        yield _nova(key, description="Set by the services, for example on a snapshot")
    for key, values in _CHOICES.items():
        yield _nova(key, values=tuple(values.split()))
    for key, (current, older) in _CHOICES_IN_ANY_CASE.items():
        yield _nova(key, values=tuple(current.split()), other_values=tuple(older.split()), ignores_case=True)
    yield from VSC_PROPERTIES


def _nova(key: str, **fields: Any) -> PropertyDefinition:
    return PropertyDefinition(key=key, namespace=NOVA, is_trusted=True, **fields)


def is_known(key: str) -> bool:
    """Return True if a service, the VSC or Glance's own list knows a property, in any cloud."""
    return key in KNOWN or key.startswith(OTHER_PREFIXES)


KNOWN: Mapping[str, PropertyDefinition] = {definition.key: definition for definition in _definitions()}
"""The definitions of Nova, of the VSC and of Glance's own list, by key."""
